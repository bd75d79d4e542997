import {
  type DroppedFaces,
  decodeStatus,
  encodeStatus,
  type FacepipeError,
  fillTopic,
  type LinkOptions,
  newId,
  type OutgoingMessage,
  openLink,
  redact,
  type Status,
  systemClock,
} from '@facepipe/wire';
import { cliError } from '../error.js';

/** How often a capture says that it is online, ms. */
export const beat = 5000;
const retainedWithin = 500;
/** For what waits for a broker that comes and goes: a week in ms, the longest of timers. */
export const patience = 7 * 24 * 3600_000;

const statusTopic = (name: string): string => fillTopic('facepipe/{device}/status', { device: name });

/**
 * What a capture says of itself, retained, on `facepipe/{name}/status`: `online` while it looks at frames, `offline` with
 * a reason while its camera is away, `offline` without one when it is gone.
 */
export class Presence {
  readonly #name: string;
  readonly #version: string;
  readonly #instance = newId();
  readonly #started = systemClock.now();
  #since = this.#started;
  #away: string | undefined;
  /** Counts to report; none until the capture runs. */
  totals: () => Record<string, number> = () => ({});
  /** The ranges that a broker never gets; none until the capture runs. */
  dropped: (broker: string) => DroppedFaces[] = () => [];

  constructor(name: string, version: string) {
    this.#name = name;
    this.#version = version;
  }

  /** Why the camera gives no frames; undefined while it does. */
  set away(reason: string | undefined) {
    this.#away = reason;
    this.#since = systemClock.now();
  }

  /** For one broker, by its name in the spool. */
  here(broker: string): OutgoingMessage {
    return this.#away === undefined
      ? this.#message(broker, 'online')
      : this.#message(broker, 'offline', this.#away);
  }

  gone(broker: string): OutgoingMessage {
    return this.#message(broker, 'offline');
  }

  #message(broker: string, state: Status['state'], reason?: string): OutgoingMessage {
    const uptime = (systemClock.now() - this.#started) / 1000;
    const totals = this.totals();
    const dropped = this.dropped(broker);
    const perSecond = (count = 0) => Math.round((count / Math.max(uptime, 1)) * 100) / 100;
    const status: Status = {
      state,
      ...(reason !== undefined && { reason }),
      instance: this.#instance,
      version: this.#version,
      since: new Date(this.#since).toISOString(),
      uptime: Math.round(uptime),
      totals,
      rates: { frames: perSecond(totals.frames), faces: perSecond(totals.captured) },
      ...(dropped.length > 0 && { dropped }),
    };
    const payload = encodeStatus(status);
    return { topic: statusTopic(this.#name), payload, qos: 1, retain: true, contentType: 'application/json' };
  }
}

/**
 * Refuses to share a name: a retained status of a capture that runs, followed by a live beat, is another capture at work;
 * one without a beat is left over from a machine that lost power before its broker noticed. Waits for the broker for as
 * long as it takes.
 * @param onAway called with why the broker is not there, whenever that changes
 * @throws FACEPIPE_E_NAME_TAKEN, and what ends a link that never was connected
 */
export async function refuseTwin(
  options: LinkOptions,
  name: string,
  signal: AbortSignal,
  onAway: (reason: FacepipeError) => void,
): Promise<void> {
  const heard = new AbortController();
  let retained = false;
  let live = false;
  const link = openLink({
    ...options,
    clientId: `facepipe-look-${newId()}`,
    clean: true,
    publishTimeout: patience,
    onDisconnect: onAway,
  });
  const close = () => void link.close({ timeout: 0 });
  signal.addEventListener('abort', close, { once: true });
  try {
    const listen = async ({ payload, retain }: { payload: Buffer; retain: boolean }) => {
      const status = decodeStatus(payload);
      if (status?.state !== 'online' && status?.reason === undefined) return;
      if (retain) retained = true;
      else live = true;
      heard.abort();
    };
    await link.subscribe(statusTopic(name), listen, { qos: 0 }).catch(async (error) => {
      // a link that was refused on its way tells why in `ended`
      throw await Promise.race([link.ended, error]);
    });
    await systemClock.sleep(retainedWithin, AbortSignal.any([signal, heard.signal]));
    for (let waited = 0; retained && waited < 2 * beat + 1000 && !live && !signal.aborted; waited += 100) {
      await systemClock.sleep(100, signal);
    }
    if (live) throw cliError('FACEPIPE_E_NAME_TAKEN', { name, broker: redact(options.url) });
  } finally {
    signal.removeEventListener('abort', close);
    await link.close();
  }
}
