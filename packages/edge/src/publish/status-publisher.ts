import { type Clock, newId, systemClock } from '@facepipe/service';
import {
  type DroppedFaces,
  decodeStatus,
  encodeStatus,
  fillTopic,
  type Link,
  type OutgoingMessage,
  redact,
  type Status,
  topics,
} from '@facepipe/wire';
import { edgeError } from '../errors.js';

/** How often a capture says that it is online, ms. */
export const beat = 5000;
/** For what waits for a broker that comes and goes: a week in ms, the longest of timers. */
export const outageTimeout = 7 * 24 * 3600_000;

/** Visits that are open, and people who look at the page; absent where nobody counts them. */
type Present = Pick<Status, 'active' | 'viewers'>;

const statusTopic = (name: string): string => fillTopic(topics.status, { device: name });

/**
 * What a capture says of itself, retained, on `facepipe/{name}/status`: `online` while it looks at frames, `offline`
 * with a reason while its camera is offline, `offline` without one when it is gone.
 */
export class StatusPublisher {
  readonly #name: string;
  readonly #version: string;
  /** Of this run. */
  readonly instance = newId();
  readonly #clock: Clock;
  readonly #started: number;
  #since: number;
  #away: string | undefined;
  readonly #totals: () => Record<string, number>;
  readonly #present: () => Present;
  #running = false;

  /**
   * @param totals counts to report, asked for once the capture runs
   * @param present who is there now, asked for once the capture runs
   */
  constructor(
    name: string,
    version: string,
    totals: () => Record<string, number>,
    present: () => Present = () => ({}),
    clock: Clock = systemClock,
  ) {
    this.#clock = clock;
    this.#started = clock.elapsed();
    this.#since = clock.now();
    this.#name = name;
    this.#version = version;
    this.#totals = totals;
    this.#present = present;
  }

  /** From now on statuses have counts, and visits. */
  begin(): void {
    this.#running = true;
  }

  /** Why the camera gives no frames; undefined while it does. */
  set away(reason: string | undefined) {
    this.#away = reason;
    this.#since = this.#clock.now();
  }

  /** @param dropped the ranges that the broker never gets */
  here(dropped: DroppedFaces[]): OutgoingMessage {
    return this.#away === undefined
      ? this.#message(dropped, 'online')
      : this.#message(dropped, 'offline', this.#away);
  }

  gone(dropped: DroppedFaces[]): OutgoingMessage {
    return this.#message(dropped, 'offline');
  }

  #message(dropped: DroppedFaces[], state: Status['state'], reason?: string): OutgoingMessage {
    const uptime = (this.#clock.elapsed() - this.#started) / 1000;
    const totals = this.#running ? this.#totals() : {};
    // a context is a picture, and no face
    const faces = (totals.captured ?? 0) - (totals.contexts ?? 0);
    const perSecond = (count = 0) => Math.round((count / Math.max(uptime, 1)) * 100) / 100;
    const status: Status = {
      state,
      ...(reason !== undefined && { reason }),
      instance: this.instance,
      version: this.#version,
      since: new Date(this.#since).toISOString(),
      uptime: Math.round(uptime),
      totals,
      rates: { frames: perSecond(totals.frames), faces: perSecond(faces) },
      ...(this.#running && this.#present()),
      ...(dropped.length > 0 && { dropped }),
    };
    const payload = encodeStatus(status);
    return { topic: statusTopic(this.#name), payload, qos: 1, retain: true, contentType: 'application/json' };
  }
}

/**
 * Listens for as long as another capture of this name may be silent. What is retained tells nothing: a machine that
 * lost power leaves it behind.
 * @param instance of this capture's own run
 * @throws FACEPIPE_E_NAME_TAKEN where another capture says, live, that it has this name; what `subscribe` throws
 */
export async function assertNameFree(
  link: Link,
  name: string,
  instance: string,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  const topic = statusTopic(name);
  const taken = new AbortController();
  const listen = async ({ payload, retain }: { payload: Buffer; retain: boolean }) => {
    const status = decodeStatus(payload);
    if (retain || !status || status.instance === instance) return;
    // with a reason only its camera is offline; the last word of a program has none
    if (status.state === 'online' || status.reason !== undefined) taken.abort();
  };
  await link.subscribe(topic, listen, { qos: 0 });
  await clock.sleep(2 * beat + 1000, AbortSignal.any([signal, taken.signal]));
  await link.unsubscribe(topic);
  if (taken.signal.aborted) throw edgeError('FACEPIPE_E_NAME_TAKEN', { name, broker: redact(link.url) });
}
