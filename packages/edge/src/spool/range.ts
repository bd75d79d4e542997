/**
 * Why a face left the spool undelivered: no room (`full`), too old (`expired`), the disk gave other bytes back than it
 * got (`damaged`), or its broker takes only smaller messages by now (`too-large`), or not such a one (`unsendable`).
 */
export type DropReason = (typeof dropReasons)[number];

export const dropReasons = ['full', 'expired', 'damaged', 'too-large', 'unsendable'] as const;

/** Seqs `from` to `to`, both included. */
export interface SeqRange {
  from: number;
  to: number;
}

/** How many seqs are in the ranges. */
export const seqsIn = (ranges: readonly SeqRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** Faces that `broker` never gets. */
export interface DroppedRange extends SeqRange {
  broker: string;
  reason: DropReason;
}

/** The ranges by broker and seq, joined where one of the same broker and reason follows another without a gap. */
export function joinRanges(ranges: Iterable<DroppedRange>): DroppedRange[] {
  const sorted = [...ranges].sort(
    (a, b) => a.broker.localeCompare(b.broker) || a.from - b.from || a.reason.localeCompare(b.reason),
  );
  const joined: DroppedRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last?.broker === range.broker && last.reason === range.reason && range.from <= last.to + 1) {
      last.to = Math.max(last.to, range.to);
    } else joined.push({ ...range });
  }
  return joined;
}

const kindOf = ({ broker, reason }: Pick<DroppedRange, 'broker' | 'reason'>): string => `${reason} ${broker}`;

/** What was dropped and not yet announced. */
export class DroppedRanges {
  readonly #all: Set<DroppedRange>;
  /** By broker and reason, the range that the next seq may extend. */
  readonly #growing = new Map<string, DroppedRange>();

  constructor(ranges: Iterable<DroppedRange> = []) {
    this.#all = new Set(ranges);
  }

  get all(): Iterable<DroppedRange> {
    return this.#all;
  }

  /** Adds one face, and returns the range it is in now. */
  add(broker: string, seq: number, reason: DropReason): DroppedRange {
    const kind = kindOf({ broker, reason });
    const last = this.#growing.get(kind);
    if (last && seq === last.to + 1) {
      last.to = seq;
      return last;
    }
    const range = { broker, from: seq, to: seq, reason };
    this.#all.add(range);
    this.#growing.set(kind, range);
    return range;
  }

  /** All of them, or one broker's; what is dropped from now on begins ranges of its own. */
  freeze(broker?: string): DroppedRange[] {
    const ranges = [...this.#all].filter((range) => broker === undefined || range.broker === broker);
    for (const range of ranges) this.#growing.delete(kindOf(range));
    return ranges;
  }

  remove(range: DroppedRange): void {
    this.#all.delete(range);
  }
}
