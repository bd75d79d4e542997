import { droppedKey, entryKey } from './key.js';
import { type Entry, type Ledger, sumOf } from './ledger.js';
import type { DroppedRange, DroppedRanges, DropReason } from './range.js';
import { seal } from './sealed.js';
import type { Place } from './segments.js';
import { type Counters, encodeEntry } from './state.js';

/** What is in the spool, in memory, with what the disk does not know of it yet. */
export class Contents {
  readonly ledger: Ledger;
  /** Copies dropped since the spool was made, by broker. */
  readonly dropped: Map<string, number>;
  readonly #ranges: DroppedRanges;
  readonly #onDrop: ((broker: string, seq: number, reason: DropReason) => void) | undefined;
  #changes = new Map<string, Buffer | undefined>();

  constructor(
    ledger: Ledger,
    ranges: DroppedRanges,
    dropped: Record<string, number> = {},
    onDrop?: (broker: string, seq: number, reason: DropReason) => void,
  ) {
    this.ledger = ledger;
    this.#ranges = ranges;
    this.#onDrop = onDrop;
    this.dropped = new Map(Object.entries(dropped));
  }

  /** What the disk knows once it has the changes, and these faces. */
  countersWith(entries: readonly Entry[]): Counters {
    const { size, sum } = this.ledger;
    const dropped = Object.fromEntries(this.dropped);
    return { faces: size + entries.length, sum: (sum + sumOf(entries)) % 2 ** 32, dropped };
  }

  /** Whether the disk knows less. */
  get changed(): boolean {
    return this.#changes.size > 0;
  }

  /** `broker` has the face. False when it was not owed it. */
  settle(broker: string, seq: number): boolean {
    const entry = this.ledger.get(seq);
    if (!entry?.owed.includes(broker)) return false;
    const left = this.ledger.settle(entry, broker);
    if (left) this.keep(left);
    else this.discard(entry.seq);
    return true;
  }

  /** `broker` will never have the face. False when it was not owed it. */
  abandon(broker: string, seq: number, reason: DropReason): boolean {
    const owed = this.settle(broker, seq);
    if (owed) this.#count(broker, seq, reason);
    return owed;
  }

  /** The faces leave undelivered. */
  drop(entries: readonly Entry[], reason: DropReason): void {
    for (const entry of entries) {
      this.ledger.remove(entry);
      this.discard(entry.seq);
      for (const broker of entry.owed) this.#count(broker, entry.seq, reason);
    }
  }

  /** The face was copied to another place. */
  move(seq: number, place: Place): void {
    const entry = this.ledger.get(seq);
    if (!entry) return;
    const moved = this.ledger.move(entry, place);
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

  /** The disk is to have the face as it is in the ledger. */
  keep(entry: Entry): void {
    this.#changes.set(entryKey(entry.seq), encodeEntry(entry));
  }

  /** The disk may have it another way. */
  keepAsIs(seq: number): void {
    const entry = this.ledger.get(seq);
    if (entry) this.keep(entry);
  }

  /** An index without anything in it is to have all of it. */
  keepAll(): void {
    for (const entry of this.ledger.after(0)) this.keep(entry);
    for (const range of this.#ranges.all) this.#note(range);
  }

  /** Deletes what is on disk and not in the ledger. */
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

  #count(broker: string, seq: number, reason: DropReason): void {
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
