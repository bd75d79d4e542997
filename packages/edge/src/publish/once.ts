/** Beyond this many it is looked for those that are gone, and again at twice as many as were left. */
const few = 1000;

/** Remembers which faces were counted, for as long as they are in the spool: each counts once. */
export class Once {
  readonly #isThere: (seq: number) => boolean;
  readonly #counted = new Set<number>();
  #crowded = few;

  /** @param isThere whether a face is still in the spool, which it may leave without a word, as too old, say */
  constructor(isThere: (seq: number) => boolean) {
    this.#isThere = isThere;
  }

  get size(): number {
    return this.#counted.size;
  }

  /** Whether this is its first time. */
  count(seq: number): boolean {
    if (this.#counted.has(seq)) return false;
    if (this.#counted.size >= this.#crowded) {
      for (const counted of this.#counted) if (!this.#isThere(counted)) this.#counted.delete(counted);
      this.#crowded = Math.max(few, 2 * this.#counted.size);
    }
    this.#counted.add(seq);
    return true;
  }

  /** The face is done with. */
  forget(seq: number): void {
    this.#counted.delete(seq);
  }
}
