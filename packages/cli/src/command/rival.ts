import type { FacepipeError } from '@facepipe/service';
import { type IncomingMessage, isRival } from '@facepipe/wire';
import type { Session } from './session.js';

/** How an attempt to connect fails; the sentences about lost connections say themselves what is done about them. */
const attempts = new Set([
  'FACEPIPE_E_BROKER_UNREACHABLE',
  'FACEPIPE_E_BROKER_CREDENTIALS',
  'FACEPIPE_E_BROKER_TLS',
  'FACEPIPE_E_BROKER_REFUSED',
  'FACEPIPE_E_SUBSCRIBE_TIMEOUT',
]);

/** Says why a broker is away; as an error where it takes somebody to fix it. */
export function sayAway(log: Session['log'], side?: string): (reason: FacepipeError) => void {
  return (reason) => {
    const which = side === undefined ? '' : `${side}: `;
    const again = attempts.has(reason.code) ? ' It is tried again until it works.' : '';
    log[isRival(reason) ? 'error' : 'warn'](`${which}${reason.message}${again}`);
  };
}

/** What a session holds that this program never asked for is dropped; the first one is said. */
export function dropUnclaimed(
  log: Session['log'],
): (message: IncomingMessage, reason: FacepipeError) => Promise<void> {
  let said = false;
  return async (_message, reason) => {
    if (!said) log.warn(`${reason.message} It is dropped.`);
    said = true;
  };
}
