// A stage for eight neighbouring windows at once: four columns of two rows, for windows that are hard to tell from a
// face lie in clumps. The lanes take turns: row A, row B, row A …
//
// Weights are small integers, so a feature is an integer sum over the distinct corners of its rectangles (they share
// corners: 6 loads for two rectangles instead of 8), and as float32 it is exactly what OpenCV's float32 sums give, for
// every partial sum is an integer below 2²⁴. Where the feature cannot leave 16 bits it is summed modulo 2¹⁶, eight
// lanes a load. The float32 sum over the trees is only a filter: `low` and `high` are further from the threshold than
// its rounding errors can carry it, and lanes in between are judged in double by exact.ts.
//
// Stage (words): features of 6, 8 and 9 corners in 16 bits, of any number in 32 bits; low, high; address of its
// features; addresses of its trees (tree.ts) and of its filter (filter.ts), or 0; the
// place in the table of code made for the filter, or 0. Feature: offsets of its corners in bytes, threshold,
// left − right (right is taken off low and high).
import { decide } from './decide';
import { frame, PROGRAM } from './frame';
import { eightCorners, highValues, lowValues, nineCorners, sixCorners } from './sum';
import { ask, choose } from './tree';

export const STAGE_BYTES = 40;

/**
 * Bits of the windows among `alive` that pass. `pairs`, `sums`, `factors`: of the first window; `next`: bytes to row B.
 */
export function passes(
  head: usize,
  stage: i32,
  pairs: usize,
  sums: usize,
  next: usize,
  factors: usize,
  alive: i32,
): i32 {
  const factor = v128.load(factors);
  const factor2 = v128.load(factors, 16);
  let total = f32x4.splat(0);
  let total2 = f32x4.splat(0);
  let at: usize = load<u32>(head, 24);

  // a stage of trees has no features of its own
  const trees: usize = load<u32>(head, 28);
  if (trees) {
    ask(trees, load<u32>(frame(PROGRAM), 8), pairs, sums, next, factor, factor2);
    total = choose(load<u32>(trees, 28), 0);
    total2 = choose(load<u32>(trees, 28), 16);
  }

  for (let end = at + load<u32>(head) * 32; at < end; at += 32) {
    const value = sixCorners(pairs, at);
    const threshold = v128.load_splat<f32>(at, 24);
    const leaf = v128.load_splat<f32>(at, 28);
    const low = lowValues(value, factor);
    const high = highValues(value, factor2);
    total = f32x4.add(total, v128.and(f32x4.lt(low, threshold), leaf));
    total2 = f32x4.add(total2, v128.and(f32x4.lt(high, threshold), leaf));
  }

  for (let end = at + load<u32>(head, 4) * 40; at < end; at += 40) {
    const value = eightCorners(pairs, at);
    const threshold = v128.load_splat<f32>(at, 32);
    const leaf = v128.load_splat<f32>(at, 36);
    const low = lowValues(value, factor);
    const high = highValues(value, factor2);
    total = f32x4.add(total, v128.and(f32x4.lt(low, threshold), leaf));
    total2 = f32x4.add(total2, v128.and(f32x4.lt(high, threshold), leaf));
  }

  for (let end = at + load<u32>(head, 8) * 44; at < end; at += 44) {
    const value = nineCorners(pairs, at);
    const threshold = v128.load_splat<f32>(at, 36);
    const leaf = v128.load_splat<f32>(at, 40);
    const low = lowValues(value, factor);
    const high = highValues(value, factor2);
    total = f32x4.add(total, v128.and(f32x4.lt(low, threshold), leaf));
    total2 = f32x4.add(total2, v128.and(f32x4.lt(high, threshold), leaf));
  }

  // threshold, leaf, corners, and for each corner its offset and weight
  for (let count = load<u32>(head, 12); count > 0; count--) {
    const threshold = v128.load_splat<f32>(at);
    const leaf = v128.load_splat<f32>(at, 4);
    const end = at + 12 + load<u32>(at, 8) * 8;
    let first = i32x4.splat(0);
    let second = i32x4.splat(0);
    for (at += 12; at < end; at += 8) {
      const corner = sums + load<u32>(at);
      const weight = v128.load_splat<i32>(at, 4);
      first = i32x4.add(first, i32x4.mul(v128.load(corner), weight));
      second = i32x4.add(second, i32x4.mul(v128.load(corner + next), weight));
    }
    const low = f32x4.mul(f32x4.convert_i32x4_s(v128.shuffle<u32>(first, second, 0, 4, 1, 5)), factor);
    const high = f32x4.mul(f32x4.convert_i32x4_s(v128.shuffle<u32>(first, second, 2, 6, 3, 7)), factor2);
    total = f32x4.add(total, v128.and(f32x4.lt(low, threshold), leaf));
    total2 = f32x4.add(total2, v128.and(f32x4.lt(high, threshold), leaf));
  }

  return decide(head, stage, total, total2, sums, next, factors, alive);
}
