import type { Clock } from '@facepipe/service';
import { type OutgoingMessage, packetSize } from '@facepipe/wire';
import { Lru } from './lru.js';

/** Bytes of messages kept at most. */
const maxBytes = 16 * 2 ** 20;
/** Devices of which messages, or the failures of their trials, are kept. */
const maxDevices = 1000;
/** Bytes a message takes beside its packet, about. */
const overhead = 512;
/** Pauses between the trials of one device, ms. */
const shortest = 1000;
const longest = 5 * 60_000;
/** The shortest one before a message for which the connection was lost, ms: the link waits longer and longer between
 * losses, until a connection has lasted 10 s. */
const afterLoss = 30_000;

const weight = (message: OutgoingMessage): number => packetSize(message, 5) + overhead;

interface Kept {
  messages: OutgoingMessage[];
  bytes: number;
  /** Trials that failed. */
  failures: number;
  /** When the next is due, elapsed ms. */
  due: number;
}

/**
 * Copies of messages that were acknowledged though the target refused them: with them it is asked again, and gets them
 * once it takes them. Their dead letters are the copies that last; these end with the program.
 */
export class Custody {
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #random: () => number;
  readonly #most: number;
  readonly #kept = new Lru<string, Kept>(maxDevices, (_device, { bytes }) => {
    this.#bytes -= bytes;
  });
  #bytes = 0;

  /** @param most bytes of messages; beyond it the oldest message goes of the device that has most */
  constructor(clock: Pick<Clock, 'elapsed'>, random: () => number = Math.random, most = maxBytes) {
    this.#clock = clock;
    this.#random = random;
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param lost the connection was lost for it, or for another of its device */
  keep(device: string, message: OutgoingMessage, lost = false): void {
    const kept = this.#of(device, lost);
    kept.messages.push(message);
    this.#weigh(kept, weight(message));
    while (this.#bytes > this.#most) {
      const [first, ...others] = [...this.#kept].map(([, its]) => its);
      if (!first) break;
      this.#shift(others.reduce((most, other) => (other.bytes > most.bytes ? other : most), first));
    }
  }

  /** The message to ask the target with next, and in how many milliseconds. */
  next(): { device: string; message: OutgoingMessage; wait: number } | undefined {
    let first: [string, Kept] | undefined;
    for (const entry of this.#kept) {
      if (entry[1].messages.length > 0 && (!first || entry[1].due < first[1].due)) first = entry;
    }
    const message = first?.[1].messages[0];
    if (!first || !message) return undefined;
    return { device: first[0], message, wait: Math.max(0, first[1].due - this.#clock.elapsed()) };
  }

  /** The target took the message: the next one of the device is due at once. */
  passed(device: string, message: OutgoingMessage): void {
    this.#remove(device, message);
    this.welcome(device);
  }

  /**
   * The target did not take the message: the next trial is with another.
   * @param lost the connection was lost for it: it is not kept any longer
   */
  failed(device: string, message: OutgoingMessage, lost: boolean): void {
    this.#remove(device, message);
    const kept = this.#of(device, lost);
    if (!lost) {
      kept.messages.push(message);
      this.#weigh(kept, weight(message));
    }
    kept.failures += 1;
    kept.due = this.#clock.elapsed() + this.#pause(kept.failures, lost);
  }

  /** The target can never take the message. */
  drop(device: string, message: OutgoingMessage): void {
    this.#remove(device, message);
  }

  /** The target takes what this device sends: what is kept is due at once. Returns whether anything is. */
  welcome(device: string): boolean {
    const kept = this.#kept.get(device);
    if (!kept) return false;
    kept.failures = 0;
    kept.due = this.#clock.elapsed();
    if (kept.messages.length === 0) this.#kept.delete(device);
    return kept.messages.length > 0;
  }

  forget(device: string): void {
    const kept = this.#kept.get(device);
    if (kept) this.#bytes -= kept.bytes;
    this.#kept.delete(device);
  }

  #of(device: string, lost: boolean): Kept {
    let kept = this.#kept.get(device);
    if (!kept) {
      kept = { messages: [], bytes: 0, failures: 0, due: this.#clock.elapsed() + this.#pause(0, lost) };
      this.#kept.set(device, kept);
    }
    return kept;
  }

  #pause(failures: number, lost: boolean): number {
    const pause = Math.min(longest, shortest * 2 ** failures) * (0.5 + this.#random() / 2);
    return lost ? Math.max(afterLoss, pause) : pause;
  }

  #remove(device: string, message: OutgoingMessage): void {
    const kept = this.#kept.get(device);
    const index = kept?.messages.indexOf(message) ?? -1;
    if (!kept || index < 0) return;
    kept.messages.splice(index, 1);
    this.#weigh(kept, -weight(message));
  }

  #shift(kept: Kept): void {
    const oldest = kept.messages.shift();
    if (oldest) this.#weigh(kept, -weight(oldest));
  }

  #weigh(kept: Kept, bytes: number): void {
    kept.bytes += bytes;
    this.#bytes += bytes;
  }
}
