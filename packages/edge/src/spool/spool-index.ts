import { droppedKey, entryKey } from './key.js';
import type { DroppedRange, DroppedRanges, DropReason } from './range.js';
import { seal } from './sealed.js';
import type { Place } from './segments.js';
import { type SpoolEntry, sumOf, weigh } from './spool-entry.js';
import { type Counters, encodeEntry } from './state.js';

export interface Amount {
  faces: number;
  bytes: number;
}

/**
 * All faces in the spool, in memory, by seq and by id; what each broker is owed; and what the disk does not know yet.
 */
export class SpoolIndex {
  /** Copies dropped since the spool was made, by broker. */
  readonly dropped: Map<string, number>;
  readonly #ranges: DroppedRanges;
  readonly #onDrop: ((broker: string, seq: number, reason: DropReason) => void) | undefined;
  readonly #entries = new Map<number, SpoolEntry>();
  readonly #seqs = new Map<string, number>();
  readonly #owed: Map<string, Amount>;
  /** Seqs of the faces in each file. */
  readonly #segments = new Map<number, Set<number>>();
  #changes = new Map<string, Buffer | undefined>();
  #first = 1;
  #last = 0;
  #bytes = 0;
  #sum = 0;

  constructor(
    brokers: readonly string[],
    ranges: DroppedRanges,
    dropped: Record<string, number> = {},
    onDrop?: (broker: string, seq: number, reason: DropReason) => void,
  ) {
    this.#owed = new Map(brokers.map((broker) => [broker, { faces: 0, bytes: 0 }]));
    this.#ranges = ranges;
    this.#onDrop = onDrop;
    this.dropped = new Map(Object.entries(dropped));
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What each broker is owed; also one that faces are not given to any more. */
  get owed(): ReadonlyMap<string, Readonly<Amount>> {
    return this.#owed;
  }

  get(seq: number): SpoolEntry | undefined {
    return this.#entries.get(seq);
  }

  seqOf(id: string): number | undefined {
    return this.#seqs.get(id);
  }

  /** The oldest face; its seq is at least that of every face removed from before it. */
  get oldest(): SpoolEntry | undefined {
    if (this.#entries.size === 0) this.#first = this.#last + 1;
    else while (!this.#entries.has(this.#first)) this.#first++;
    return this.#entries.get(this.#first);
  }

  /** Oldest first, from after a seq on; what is added or removed meanwhile is heeded. */
  *after(seq: number): Generator<SpoolEntry, void> {
    const from = this.oldest?.seq ?? this.#first;
    for (let next = Math.max(seq + 1, from); next <= this.#last; next++) {
      const entry = this.#entries.get(next);
      if (entry) yield entry;
    }
  }

  /** Whether there are faces in a file. */
  has(segment: number): boolean {
    return this.#segments.has(segment);
  }

  /** The faces in one file. */
  in(segment: number): SpoolEntry[] {
    return [...(this.#segments.get(segment) ?? [])].flatMap((seq) => this.#entries.get(seq) ?? []);
  }

  /** What the disk knows once it has the changes, and these faces. */
  countersWith(entries: readonly SpoolEntry[]): Counters {
    const dropped = Object.fromEntries(this.dropped);
    return { faces: this.size + entries.length, sum: (this.#sum + sumOf(entries)) % 2 ** 32, dropped };
  }

  /** Adds a face younger than all others, as the disk has it. */
  add(entry: SpoolEntry): void {
    if (this.#entries.size === 0) this.#first = entry.seq;
    this.#last = entry.seq;
    this.#entries.set(entry.seq, entry);
    this.#seqs.set(entry.id, entry.seq);
    this.#bytes += entry.bytes;
    this.#sum = (this.#sum + weigh(entry)) % 2 ** 32;
    this.#count(entry, 1);
    this.#enter(entry);
  }

  /** `broker` has the face. False when it was not owed it. */
  settle(broker: string, seq: number): boolean {
    const entry = this.#entries.get(seq);
    if (!entry?.owed.includes(broker)) return false;
    const left = { ...entry, owed: entry.owed.filter((name) => name !== broker) };
    if (left.owed.length === 0) this.#remove(entry);
    else {
      this.#count(entry, -1);
      this.#count(left, 1);
      this.#entries.set(seq, left);
      this.keep(left);
    }
    return true;
  }

  /** `broker` will never have the face. False when it was not owed it. */
  abandon(broker: string, seq: number, reason: DropReason): boolean {
    const owed = this.settle(broker, seq);
    if (owed) this.#countDropped(broker, seq, reason);
    return owed;
  }

  /** The faces leave undelivered. */
  drop(entries: readonly SpoolEntry[], reason: DropReason): void {
    for (const entry of entries) {
      this.#remove(entry);
      for (const broker of entry.owed) this.#countDropped(broker, entry.seq, reason);
    }
  }

  /** The face was copied to another place. */
  move(seq: number, { segment, offset }: Place): void {
    const entry = this.#entries.get(seq);
    if (!entry) return;
    const moved = { ...entry, segment, offset };
    this.#leave(entry);
    this.#enter(moved);
    this.#entries.set(seq, moved);
    // settled meanwhile by one broker, and not written yet
    if (this.#changes.has(entryKey(seq))) this.keep(moved);
  }

  /** What `broker` lost and was not told of yet; what is dropped from now on is in other ranges. */
  unannounced(broker: string): DroppedRange[] {
    return this.#ranges.freeze(broker);
  }

  announced(ranges: readonly DroppedRange[]): void {
    for (const range of ranges) {
      this.#ranges.remove(range);
      this.#changes.set(droppedKey(range), undefined);
    }
  }

  /** Whether the disk knows less. */
  get changed(): boolean {
    return this.#changes.size > 0;
  }

  /** The disk is to have the face this way. */
  keep(entry: SpoolEntry): void {
    this.#changes.set(entryKey(entry.seq), encodeEntry(entry));
  }

  /** The disk may have it another way. */
  keepAsIs(seq: number): void {
    const entry = this.#entries.get(seq);
    if (entry) this.keep(entry);
  }

  /** A disk without anything on it is to have all of it. */
  keepAll(): void {
    for (const entry of this.after(0)) this.keep(entry);
    for (const range of this.#ranges.all) this.#note(range);
  }

  /** Deletes what is on disk and not in here. */
  discard(seq: number): void {
    this.#changes.set(entryKey(seq), undefined);
  }

  /** What to write to disk now; put it back where that fails. */
  takeChanges(): Map<string, Buffer | undefined> {
    const changes = this.#changes;
    this.#changes = new Map();
    return changes;
  }

  putBack(changes: ReadonlyMap<string, Buffer | undefined>): void {
    // what came meanwhile is newer
    this.#changes = new Map([...changes, ...this.#changes]);
  }

  /** For every broker. */
  #remove(entry: SpoolEntry): void {
    this.discard(entry.seq);
    if (!this.#entries.delete(entry.seq)) return;
    this.#seqs.delete(entry.id);
    this.#bytes -= entry.bytes;
    this.#sum = (this.#sum - weigh(entry) + 2 ** 32) % 2 ** 32;
    this.#count(entry, -1);
    this.#leave(entry);
  }

  #enter({ segment, seq }: SpoolEntry): void {
    const seqs = this.#segments.get(segment);
    if (seqs) seqs.add(seq);
    else this.#segments.set(segment, new Set([seq]));
  }

  #leave({ segment, seq }: SpoolEntry): void {
    const seqs = this.#segments.get(segment);
    seqs?.delete(seq);
    if (seqs?.size === 0) this.#segments.delete(segment);
  }

  #count({ owed, bytes }: SpoolEntry, sign: 1 | -1): void {
    for (const broker of owed) {
      const amount = this.#owed.get(broker) ?? { faces: 0, bytes: 0 };
      this.#owed.set(broker, amount);
      amount.faces += sign;
      amount.bytes += sign * bytes;
    }
  }

  #countDropped(broker: string, seq: number, reason: DropReason): void {
    const range = this.#ranges.add(broker, seq, reason);
    this.#note(range);
    this.dropped.set(broker, (this.dropped.get(broker) ?? 0) + 1);
    this.#onDrop?.(broker, seq, reason);
  }

  #note(range: DroppedRange): void {
    const key = droppedKey(range);
    this.#changes.set(key, seal(key, String(range.to)));
  }
}
