import { droppedKey, entryKey, faceKey } from './key.js';
import type { Entry, Ledger } from './ledger.js';
import type { DroppedRange, DroppedRanges, DropReason } from './range.js';
import { encodeEntry } from './state.js';

/** Bytes deleted, and the seqs between which, since the last compaction. */
export interface Garbage {
  bytes: number;
  from: number;
  to: number;
}

/** What is in the spool, in memory, with what the disk does not know of it yet. */
export class Contents {
  readonly ledger: Ledger;
  /** Copies dropped since the spool was made, by broker. */
  readonly dropped: Map<string, number>;
  readonly #ranges: DroppedRanges;
  #changes = new Map<string, Buffer | undefined>();
  #garbage: Garbage = { bytes: 0, from: Number.MAX_SAFE_INTEGER, to: 0 };

  constructor(ledger: Ledger, ranges: DroppedRanges, dropped: Record<string, number> = {}) {
    this.ledger = ledger;
    this.#ranges = ranges;
    this.dropped = new Map(Object.entries(dropped));
  }

  /** Whether the disk knows less. */
  get changed(): boolean {
    return this.#changes.size > 0;
  }

  get garbage(): Readonly<Garbage> {
    return this.#garbage;
  }

  /** Adds what was found on disk, without what it owes to brokers that are gone. */
  load(entry: Entry, owed: readonly string[], gone: readonly string[]): void {
    for (const broker of gone) this.#count(broker, entry.seq, 'removed');
    if (owed.length === 0) {
      this.#delete(entry);
      return;
    }
    this.ledger.add({ ...entry, owed });
    if (gone.length > 0) this.#changes.set(entryKey(entry.seq), encodeEntry({ ...entry, owed }));
  }

  /** `broker` has the face. False when it was not owed it. */
  settle(broker: string, seq: number): boolean {
    const entry = this.ledger.get(seq);
    if (!entry?.owed.includes(broker)) return false;
    const left = this.ledger.settle(entry, broker);
    if (left) this.#changes.set(entryKey(seq), encodeEntry(left));
    else this.#delete(entry);
    return true;
  }

  /** The faces leave undelivered. */
  drop(entries: readonly Entry[], reason: DropReason): void {
    for (const entry of entries) {
      this.ledger.remove(entry);
      this.#delete(entry);
      for (const broker of entry.owed) this.#count(broker, entry.seq, reason);
    }
  }

  /** What was dropped and not announced yet; what is dropped from now on is in other ranges. */
  unannounced(): DroppedRange[] {
    return this.#ranges.freeze();
  }

  announced(ranges: readonly DroppedRange[]): void {
    for (const range of ranges) {
      this.#ranges.remove(range);
      this.#changes.set(droppedKey(range), undefined);
    }
  }

  /** Deletes what is on disk and not in the ledger. */
  discard(seq: number): void {
    this.#changes.set(entryKey(seq), undefined);
    this.#changes.set(faceKey(seq), undefined);
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

  /** Counts bytes that the disk still has between two seqs. */
  addGarbage({ bytes, from, to }: Garbage): void {
    const garbage = this.#garbage;
    this.#garbage = {
      bytes: garbage.bytes + bytes,
      from: Math.min(garbage.from, from),
      to: Math.max(garbage.to, to),
    };
  }

  takeGarbage(): Garbage {
    const garbage = this.#garbage;
    this.#garbage = { bytes: 0, from: Number.MAX_SAFE_INTEGER, to: 0 };
    return garbage;
  }

  #delete({ seq, bytes }: Entry): void {
    this.discard(seq);
    this.addGarbage({ bytes, from: seq, to: seq });
  }

  #count(broker: string, seq: number, reason: DropReason): void {
    const range = this.#ranges.add(broker, seq, reason);
    this.#changes.set(droppedKey(range), Buffer.from(String(range.to)));
    this.dropped.set(broker, (this.dropped.get(broker) ?? 0) + 1);
  }
}
