import { backoff, type Clock, type DeadFace } from '@facepipe/wire';

/** ms that an id waits for others. */
const gathering = 200;
const largestBatch = 100;
/** Ids that wait for a broker that does not take them; beyond it the oldest are dropped, and asked for again. */
const mostWaiting = 10_000;

/** What became of one face; `dead` where it will never be stored. */
interface Entry {
  readonly id: string;
  readonly dead?: DeadFace;
}

/** What a receipt says of one device's faces. */
export interface Batch {
  ids: string[];
  dead: DeadFace[];
}

/**
 * Gathers ids per device and publishes them. A receipt that cannot be published is tried again; one that is lost costs
 * a repetition only, since the edge then sends the face again and the sink answers with another receipt.
 */
export class Receipts {
  readonly #publish: (device: string, batch: Batch) => Promise<void>;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, Entry[]>();
  #timer: Promise<void> | undefined;
  #failures = 0;
  #closing = false;

  constructor(publish: (device: string, batch: Batch) => Promise<void>, clock: Clock) {
    this.#publish = publish;
    this.#clock = clock;
  }

  /** The store has the face. */
  stored(device: string, id: string): void {
    this.#add(device, { id });
  }

  /** The face is a dead letter. */
  died(device: string, dead: DeadFace): void {
    this.#add(device, { id: dead.id, dead });
  }

  #add(device: string, entry: Entry): void {
    const entries = this.#waiting.get(device) ?? [];
    this.#waiting.set(device, entries);
    entries.push(entry);
    if (this.#closing || (entries.length >= largestBatch && this.#failures === 0)) this.#send(device);
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
    const entries = this.#waiting.get(device) ?? [];
    this.#waiting.delete(device);
    for (let from = 0; from < entries.length; from += largestBatch) {
      const batch = entries.slice(from, from + largestBatch);
      this.#publish(device, batchOf(batch)).then(
        () => {
          this.#failures = 0;
        },
        () => this.#failed(device, batch),
      );
    }
  }

  #failed(device: string, batch: Entry[]): void {
    if (this.#closing || this.#stop.signal.aborted) return;
    this.#failures += 1;
    this.#waiting.set(device, [...batch, ...(this.#waiting.get(device) ?? [])]);
    let surplus = -mostWaiting;
    for (const entries of this.#waiting.values()) surplus += entries.length;
    for (const entries of this.#waiting.values()) {
      if (surplus > 0) surplus -= entries.splice(0, surplus).length;
    }
    this.#wait();
  }
}

function batchOf(entries: readonly Entry[]): Batch {
  return {
    ids: entries.flatMap(({ id, dead }) => (dead ? [] : id)),
    dead: entries.flatMap(({ dead }) => dead ?? []),
  };
}
