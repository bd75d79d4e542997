import { crc32 } from 'node:zlib';
import type { Place } from './segments.js';

/** What is known of a face in the spool without reading it. */
export interface Entry extends Readonly<Place> {
  readonly seq: number;
  /** ULID. */
  readonly id: string;
  /** Milliseconds of the spool's own time. */
  readonly accepted: number;
  /** The brokers that do not have it yet. */
  readonly owed: readonly string[];
}

export interface Amount {
  faces: number;
  bytes: number;
}

/** A number for a face that sums of are compared by. */
const weigh = ({ seq, id }: Entry): number => crc32(id, seq % 2 ** 32);

/** The sum of faces that the counters have: it tells whether the index has these faces and no others. */
export const sumOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, entry) => (sum + weigh(entry)) % 2 ** 32, 0);

/** All faces in the spool, by seq and by id, and what each broker is owed; in memory. */
export class Ledger {
  readonly #entries = new Map<number, Entry>();
  readonly #seqs = new Map<string, number>();
  readonly #owed: Map<string, Amount>;
  /** Seqs of the faces in each file. */
  readonly #segments = new Map<number, Set<number>>();
  #first = 1;
  #last = 0;
  #bytes = 0;
  #sum = 0;

  constructor(brokers: readonly string[]) {
    this.#owed = new Map(brokers.map((broker) => [broker, { faces: 0, bytes: 0 }]));
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** As `sumOf` has it. */
  get sum(): number {
    return this.#sum;
  }

  /** What each broker is owed; also one that faces are not given to any more. */
  get owed(): ReadonlyMap<string, Readonly<Amount>> {
    return this.#owed;
  }

  get(seq: number): Entry | undefined {
    return this.#entries.get(seq);
  }

  seqOf(id: string): number | undefined {
    return this.#seqs.get(id);
  }

  /** The oldest face; its seq is at least that of every face removed from before it. */
  get oldest(): Entry | undefined {
    if (this.#entries.size === 0) this.#first = this.#last + 1;
    else while (!this.#entries.has(this.#first)) this.#first++;
    return this.#entries.get(this.#first);
  }

  /** The seq below which there is nothing. */
  get first(): number {
    return this.oldest?.seq ?? this.#first;
  }

  /** Adds a face younger than all others. */
  add(entry: Entry): void {
    if (this.#entries.size === 0) this.#first = entry.seq;
    this.#last = entry.seq;
    this.#entries.set(entry.seq, entry);
    this.#seqs.set(entry.id, entry.seq);
    this.#bytes += entry.bytes;
    this.#sum = (this.#sum + weigh(entry)) % 2 ** 32;
    this.#count(entry, 1);
    this.#enter(entry);
  }

  /** Strikes the face out, for every broker. */
  remove(entry: Entry): void {
    if (!this.#entries.delete(entry.seq)) return;
    this.#seqs.delete(entry.id);
    this.#bytes -= entry.bytes;
    this.#sum = (this.#sum - weigh(entry) + 2 ** 32) % 2 ** 32;
    this.#count(entry, -1);
    this.#leave(entry);
  }

  /** One broker has the face; returns what is left of it, undefined when that was the last. */
  settle(entry: Entry, broker: string): Entry | undefined {
    if (entry.owed.length === 1) {
      this.remove(entry);
      return undefined;
    }
    const left = { ...entry, owed: entry.owed.filter((name) => name !== broker) };
    this.#count(entry, -1);
    this.#count(left, 1);
    this.#entries.set(left.seq, left);
    return left;
  }

  /** The face was copied; returns it as it is now. */
  move(entry: Entry, { segment, offset }: Place): Entry {
    const moved = { ...entry, segment, offset };
    this.#leave(entry);
    this.#enter(moved);
    this.#entries.set(moved.seq, moved);
    return moved;
  }

  /** Whether there are faces in a file. */
  has(segment: number): boolean {
    return this.#segments.has(segment);
  }

  /** The faces in one file. */
  in(segment: number): Entry[] {
    return [...(this.#segments.get(segment) ?? [])].flatMap((seq) => this.#entries.get(seq) ?? []);
  }

  /** Oldest first, from after a seq on; what is added or removed meanwhile is heeded. */
  *after(seq: number): Generator<Entry, void> {
    for (let next = Math.max(seq + 1, this.first); next <= this.#last; next++) {
      const entry = this.#entries.get(next);
      if (entry) yield entry;
    }
  }

  #enter({ segment, seq }: Entry): void {
    const seqs = this.#segments.get(segment);
    if (seqs) seqs.add(seq);
    else this.#segments.set(segment, new Set([seq]));
  }

  #leave({ segment, seq }: Entry): void {
    const seqs = this.#segments.get(segment);
    seqs?.delete(seq);
    if (seqs?.size === 0) this.#segments.delete(segment);
  }

  #count({ owed, bytes }: Entry, sign: 1 | -1): void {
    for (const broker of owed) {
      const amount = this.#owed.get(broker) ?? { faces: 0, bytes: 0 };
      this.#owed.set(broker, amount);
      amount.faces += sign;
      amount.bytes += sign * bytes;
    }
  }
}
