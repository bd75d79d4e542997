/** Chances that are the same for the same seed: mulberry32 by Tommy Ettinger (public domain, 2017). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From `low` up to, without, `high`. */
  between(low: number, high: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return low + (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.between(0, items.length))];
    if (item === undefined) throw new RangeError('Nothing to pick from');
    return item;
  }
}
