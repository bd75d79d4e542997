/** `from` to `to`, both included. */
export type Range = readonly [from: number, to: number];

/** A set of whole numbers, kept as ranges. */
export class Ranges {
  /** In order, none next to another. */
  #ranges: [number, number][] = [];
  #size = 0;

  /** How many numbers. */
  get size(): number {
    return this.#size;
  }

  /** How many ranges. */
  get pieces(): number {
    return this.#ranges.length;
  }

  get first(): number | undefined {
    return this.#ranges[0]?.[0];
  }

  get last(): number | undefined {
    return this.#ranges.at(-1)?.[1];
  }

  list(): Range[] {
    return this.#ranges.map(([from, to]) => [from, to]);
  }

  copy(): Ranges {
    const copy = new Ranges();
    copy.#ranges = this.#ranges.map(([from, to]) => [from, to]);
    copy.#size = this.#size;
    return copy;
  }

  has(number: number): boolean {
    const range = this.#ranges[this.#after(number) - 1];
    return range !== undefined && number <= range[1];
  }

  /** How many of `from` to `to` are in here. */
  within(from: number, to: number): number {
    let count = 0;
    for (let i = Math.max(0, this.#after(from) - 1); i < this.#ranges.length; i++) {
      const [first, last] = this.#ranges[i] ?? [to + 1, to];
      if (first > to) break;
      count += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
    }
    return count;
  }

  /** How many are in both. */
  common(others: Ranges): number {
    if (others.#ranges.length === 0) return 0;
    return this.#ranges.reduce((count, [from, to]) => count + others.within(from, to), 0);
  }

  /** Whether a range would grow one that is there, instead of being one more. */
  touches(from: number, to: number): boolean {
    const before = this.#ranges[this.#after(from) - 1];
    const after = this.#ranges[this.#after(from)];
    return (before !== undefined && before[1] >= from - 1) || (after !== undefined && after[0] <= to + 1);
  }

  /** Returns how many of them were not there before. */
  add(from: number, to = from): number {
    // the ranges that it touches, those next to it included
    let start = this.#after(from);
    if (start > 0 && (this.#ranges[start - 1]?.[1] ?? 0) >= from - 1) start--;
    const end = this.#after(to + 1);
    const touched = this.#ranges.slice(start, end);
    const known = touched.reduce((sum, [a, b]) => sum + b - a + 1, 0);
    const joined: [number, number] = [
      Math.min(from, touched[0]?.[0] ?? from),
      Math.max(to, touched.at(-1)?.[1] ?? to),
    ];
    this.#ranges.splice(start, end - start, joined);
    const added = joined[1] - joined[0] + 1 - known;
    this.#size += added;
    return added;
  }

  /** What is not in `others`. */
  minus(others: Ranges): Range[] {
    return this.#ranges.flatMap(([from, to]) => others.without(from, to));
  }

  /** What lies between the ranges and is not in `others`. */
  holes(others: Ranges): Range[] {
    const holes: Range[] = [];
    for (const [i, [next]] of this.#ranges.entries()) {
      const before = this.#ranges[i - 1];
      if (before) holes.push(...others.without(before[1] + 1, next - 1));
    }
    return holes;
  }

  /** Fills the hole between the first two ranges, and returns it. */
  fillFirst(): Range | undefined {
    const [first, second] = this.#ranges;
    if (!first || !second) return undefined;
    const hole: Range = [first[1] + 1, second[0] - 1];
    this.add(...hole);
    return hole;
  }

  /** Takes the first range out. */
  takeFirst(): Range | undefined {
    const first = this.#ranges.shift();
    if (first) this.#size -= first[1] - first[0] + 1;
    return first;
  }

  /** The parts of a range that are not in here. */
  without(from: number, to: number): Range[] {
    const parts: Range[] = [];
    let next = from;
    for (let i = Math.max(0, this.#after(from) - 1); next <= to; i++) {
      const range = this.#ranges[i];
      if (!range || range[0] > to) break;
      if (range[0] > next) parts.push([next, range[0] - 1]);
      next = Math.max(next, range[1] + 1);
    }
    if (next <= to) parts.push([next, to]);
    return parts;
  }

  /** The index of the first range that begins after a number. */
  #after(number: number): number {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.[0] ?? 0) > number) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export const sizeOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
