import { backoff, type Clock } from '@facepipe/wire';

/** ms that an id waits for others. */
const gathering = 200;
const largestBatch = 100;
/** Ids that wait for a broker that does not take them; beyond it the oldest are dropped, and asked for again. */
const mostWaiting = 10_000;

/**
 * Gathers ids per device and publishes them. A receipt that cannot be published is tried again; one that is lost costs
 * a repetition only, since the edge then sends the face again and the sink answers with another receipt.
 */
export class Receipts {
  readonly #publish: (device: string, ids: string[]) => Promise<void>;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, string[]>();
  #timer: Promise<void> | undefined;
  #failures = 0;
  #closing = false;

  constructor(publish: (device: string, ids: string[]) => Promise<void>, clock: Clock) {
    this.#publish = publish;
    this.#clock = clock;
  }

  add(device: string, id: string): void {
    const ids = this.#waiting.get(device) ?? [];
    this.#waiting.set(device, ids);
    ids.push(id);
    if (this.#closing || (ids.length >= largestBatch && this.#failures === 0)) this.#send(device);
    else this.#wait();
  }

  /** Publishes what waits, and from now on each id at once. */
  hurry(): void {
    this.#closing = true;
    this.#sendAll();
  }

  /** Publishes nothing more. */
  stop(): void {
    this.#stop.abort();
    this.#waiting.clear();
  }

  #wait(): void {
    const pause = this.#failures === 0 ? gathering : backoff(this.#failures, Math.random());
    this.#timer ??= this.#clock.sleep(pause, this.#stop.signal).then(() => {
      this.#timer = undefined;
      this.#sendAll();
    });
  }

  #sendAll(): void {
    for (const device of [...this.#waiting.keys()]) this.#send(device);
  }

  #send(device: string): void {
    const ids = this.#waiting.get(device) ?? [];
    this.#waiting.delete(device);
    for (let from = 0; from < ids.length; from += largestBatch) {
      const batch = ids.slice(from, from + largestBatch);
      this.#publish(device, batch).then(
        () => {
          this.#failures = 0;
        },
        () => this.#failed(device, batch),
      );
    }
  }

  #failed(device: string, batch: string[]): void {
    if (this.#closing || this.#stop.signal.aborted) return;
    this.#failures += 1;
    this.#waiting.set(device, [...batch, ...(this.#waiting.get(device) ?? [])]);
    let surplus = -mostWaiting;
    for (const ids of this.#waiting.values()) surplus += ids.length;
    for (const ids of this.#waiting.values()) if (surplus > 0) surplus -= ids.splice(0, surplus).length;
    this.#wait();
  }
}
