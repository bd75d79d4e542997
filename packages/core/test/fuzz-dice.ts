import { random } from './sweep-image.js';

/** Random numbers of one case: the same in every run. */
export class Dice {
  readonly #seed: number;
  #thrown = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** from 0 to 1 */
  share(): number {
    return random(this.#seed, this.#thrown++) / 2 ** 24;
  }

  /** an integer from `low` to `high`, both included */
  between(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  real(low: number, high: number): number {
    return low + this.share() * (high - low);
  }

  chance(percent: number): boolean {
    return this.share() * 100 < percent;
  }

  one<T>(values: readonly T[]): T {
    const value = values[this.between(0, values.length - 1)];
    if (value === undefined && values.length === 0) throw new RangeError('nothing to choose from');
    return value as T;
  }

  list<T>(length: number, make: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => make(index));
  }
}
