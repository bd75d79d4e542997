import {
  connect,
  decodeStatus,
  encodeStatus,
  fillTopic,
  type LinkOptions,
  newId,
  type OutgoingMessage,
  redact,
  type Status,
  systemClock,
} from '@facepipe/wire';
import { cliError } from '../error.js';

/** How often a capture says that it is online, ms. */
export const beat = 5000;
const retainedWithin = 500;

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

  constructor(name: string, version: string) {
    this.#name = name;
    this.#version = version;
  }

  /** Why the camera gives no frames; undefined while it does. */
  set away(reason: string | undefined) {
    this.#away = reason;
    this.#since = systemClock.now();
  }

  here(): OutgoingMessage {
    return this.#away === undefined ? this.#message('online') : this.#message('offline', this.#away);
  }

  gone(): OutgoingMessage {
    return this.#message('offline');
  }

  #message(state: Status['state'], reason?: string): OutgoingMessage {
    const uptime = (systemClock.now() - this.#started) / 1000;
    const totals = this.totals();
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
    };
    const payload = encodeStatus(status);
    return { topic: statusTopic(this.#name), payload, qos: 1, retain: true, contentType: 'application/json' };
  }
}

/**
 * Refuses to share a name: a retained status of a capture that runs, followed by a live beat, is another capture at work;
 * one without a beat is left over from a machine that lost power before its broker noticed.
 * @throws FACEPIPE_E_NAME_TAKEN, and the link's errors
 */
export async function refuseTwin(options: LinkOptions, name: string, signal: AbortSignal): Promise<void> {
  const heard = new AbortController();
  let retained = false;
  let live = false;
  const link = await connect({ ...options, clientId: `facepipe-look-${newId()}`, clean: true }, signal);
  try {
    const listen = async ({ payload, retain }: { payload: Buffer; retain: boolean }) => {
      const status = decodeStatus(payload);
      if (status?.state !== 'online' && status?.reason === undefined) return;
      if (retain) retained = true;
      else live = true;
      heard.abort();
    };
    await link.subscribe(statusTopic(name), listen, { qos: 0 });
    await systemClock.sleep(retainedWithin, AbortSignal.any([signal, heard.signal]));
    for (let waited = 0; retained && waited < 2 * beat + 1000 && !live && !signal.aborted; waited += 100) {
      await systemClock.sleep(100, signal);
    }
    if (live) throw cliError('FACEPIPE_E_NAME_TAKEN', { name, broker: redact(options.url) });
  } finally {
    await link.close();
  }
}
