import { type FacepipeError, type IncomingMessage, isRival } from '@facepipe/wire';
import type { Session } from './session.js';

/** Says why a broker is away; as an error where it takes somebody to mend it. */
export function sayAway(log: Session['log']): (reason: FacepipeError) => void {
  return (reason) => log[isRival(reason) ? 'error' : 'warn'](reason.message);
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
