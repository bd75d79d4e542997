import { type DroppedRange, DroppedRanges, type DropReason } from '../spool/range.js';

/** The copies of faces that were given up in this run, by broker and reason, and which of them were not told yet. */
export class Losses {
  readonly #counts = new Map<string, { broker: string; reason: DropReason; faces: number }>();
  readonly #untold = new DroppedRanges();

  readonly add = (broker: string, seq: number, reason: DropReason): void => {
    const kind = `${reason} ${broker}`;
    const count = this.#counts.get(kind) ?? { broker, reason, faces: 0 };
    this.#counts.set(kind, count);
    count.faces++;
    this.#untold.add(broker, seq, reason);
  };

  get counts(): Iterable<{ broker: string; reason: DropReason; faces: number }> {
    return this.#counts.values();
  }

  /** Copies, over all brokers and reasons. */
  get total(): number {
    return [...this.#counts.values()].reduce((sum, { faces }) => sum + faces, 0);
  }

  /** The ranges since this was last asked. */
  takeUntold(): DroppedRange[] {
    const ranges = this.#untold.freeze();
    for (const range of ranges) this.#untold.remove(range);
    return ranges;
  }
}
