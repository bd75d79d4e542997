/** Uniform numbers from 0 up to 1, the same for the same seed everywhere. */
export type Random = () => number;

/** mulberry32 by Tommy Ettinger (public domain, 2017): 32 bits of state, enough for a scene. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from `from` to `to`, both included. */
export function integer(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[integer(random, 0, items.length - 1)];
  if (item === undefined) throw new RangeError('Nothing to pick from');
  return item;
}
