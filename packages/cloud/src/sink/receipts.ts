import { setMaxListeners } from 'node:events';
import { backoff, type Clock } from '@facepipe/service';
import type { DeadFace } from '@facepipe/wire';

/** ms that an id waits for others. */
const gathering = 200;
const largestBatch = 100;
/** Ids that wait or are on their way; beyond it those that wait for the device with most go, and come again. */
const maxIds = 10_000;

/** What became of one face; `dead` where it will never be stored. */
interface FaceOutcome {
  readonly id: string;
  readonly dead?: DeadFace;
}

/** What a receipt says of one device's faces. */
export interface Batch {
  ids: string[];
  dead: DeadFace[];
}

/** What waits for one device. */
interface Queue {
  entries: FaceOutcome[];
  /** Receipts that failed since the last one that did not. */
  failures: number;
  pausing: boolean;
}

/**
 * Gathers ids per device and publishes them. A receipt that cannot be published is tried again, and holds up those of
 * no other device; one that is lost costs a repetition only, since the edge then sends the face again and the sink
 * answers with another receipt.
 */
export class Receipts {
  readonly #publish: (device: string, batch: Batch) => Promise<void>;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #queues = new Map<string, Queue>();
  /** Ids that wait, and that are on their way. */
  #ids = 0;
  #gathering = false;
  #closing = false;

  constructor(publish: (device: string, batch: Batch) => Promise<void>, clock: Clock) {
    this.#publish = publish;
    this.#clock = clock;
    // every device that pauses listens to it
    setMaxListeners(0, this.#stop.signal);
  }

  /** The store has the face. */
  stored(device: string, id: string): void {
    this.#add(device, { id });
  }

  /** The face is a dead letter. */
  died(device: string, dead: DeadFace): void {
    this.#add(device, { id: dead.id, dead });
  }

  /** Publishes what waits, and from now on each id at once. */
  hurry(): void {
    this.#closing = true;
    for (const device of this.#queues.keys()) this.#send(device);
  }

  /** Publishes nothing more. */
  stop(): void {
    this.#stop.abort();
    this.#queues.clear();
    this.#ids = 0;
  }

  #queueOf(device: string): Queue {
    const queue = this.#queues.get(device) ?? { entries: [], failures: 0, pausing: false };
    this.#queues.set(device, queue);
    return queue;
  }

  #add(device: string, entry: FaceOutcome): void {
    const queue = this.#queueOf(device);
    queue.entries.push(entry);
    this.#ids += 1;
    this.#dropSurplus();
    if (this.#closing || (queue.failures === 0 && queue.entries.length >= largestBatch)) this.#send(device);
    else if (queue.failures === 0) this.#gather();
  }

  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    void this.#clock.sleep(gathering, this.#stop.signal).then(() => {
      this.#gathering = false;
      for (const [device, { failures }] of this.#queues) if (failures === 0) this.#send(device);
    });
  }

  #pause(device: string, queue: Queue): void {
    if (queue.pausing) return;
    queue.pausing = true;
    void this.#clock.sleep(backoff(queue.failures, Math.random()), this.#stop.signal).then(() => {
      queue.pausing = false;
      this.#send(device);
    });
  }

  #send(device: string): void {
    const queue = this.#queues.get(device);
    if (!queue) return;
    if (queue.entries.length === 0) return void this.#queues.delete(device);
    // one is enough to find out: the link has room for so many without an answer
    const entries = queue.entries.splice(0, queue.failures > 0 ? largestBatch : queue.entries.length);
    if (queue.failures === 0) this.#queues.delete(device);
    for (let from = 0; from < entries.length; from += largestBatch) {
      const batch = entries.slice(from, from + largestBatch);
      this.#publish(device, batchOf(batch)).then(
        () => this.#passed(device, batch),
        () => this.#failed(device, batch),
      );
    }
  }

  #passed(device: string, batch: FaceOutcome[]): void {
    this.#ids -= batch.length;
    const queue = this.#queues.get(device);
    if (!queue) return;
    queue.failures = 0;
    if (queue.entries.length > 0) this.#send(device);
    else if (!queue.pausing) this.#queues.delete(device);
  }

  #failed(device: string, batch: FaceOutcome[]): void {
    if (this.#closing || this.#stop.signal.aborted) return;
    const queue = this.#queueOf(device);
    queue.failures += 1;
    queue.entries.unshift(...batch);
    this.#dropSurplus();
    this.#pause(device, queue);
  }

  #dropSurplus(): void {
    const surplus = this.#ids - maxIds;
    if (surplus <= 0) return;
    let longest: FaceOutcome[] = [];
    for (const { entries } of this.#queues.values()) if (entries.length > longest.length) longest = entries;
    this.#ids -= longest.splice(0, surplus).length;
  }
}

function batchOf(entries: readonly FaceOutcome[]): Batch {
  return {
    ids: entries.flatMap(({ id, dead }) => (dead ? [] : id)),
    dead: entries.flatMap(({ dead }) => dead ?? []),
  };
}
