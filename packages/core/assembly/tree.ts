// The questions of a stage of trees, all of them, for eight windows: lanes would part ways in a tree, so every question
// is answered for every lane, and the answers choose among the leaves afterwards. Laid out as a stage of vector.ts
// without the leaves: threshold after the corners, or before them where their number is free.

import { eightCorners, highValues, lowValues, nineCorners, sixCorners } from './sum';

/** Writes the answers, 32 bytes of lane masks for each question, to `answers`. */
export function ask(
  head: usize,
  answers: usize,
  pairs: usize,
  sums: usize,
  next: usize,
  factor: v128,
  factor2: v128,
): void {
  let at: usize = load<u32>(head, 24);
  let to = answers;

  for (let end = at + load<u32>(head) * 28; at < end; at += 28) {
    const value = sixCorners(pairs, at);
    const threshold = v128.load_splat<f32>(at, 24);
    const low = lowValues(value, factor);
    const high = highValues(value, factor2);
    v128.store(to, f32x4.lt(low, threshold));
    v128.store(to, f32x4.lt(high, threshold), 16);
    to += 32;
  }

  for (let end = at + load<u32>(head, 4) * 36; at < end; at += 36) {
    const value = eightCorners(pairs, at);
    const threshold = v128.load_splat<f32>(at, 32);
    const low = lowValues(value, factor);
    const high = highValues(value, factor2);
    v128.store(to, f32x4.lt(low, threshold));
    v128.store(to, f32x4.lt(high, threshold), 16);
    to += 32;
  }

  for (let end = at + load<u32>(head, 8) * 40; at < end; at += 40) {
    const value = nineCorners(pairs, at);
    const threshold = v128.load_splat<f32>(at, 36);
    const low = lowValues(value, factor);
    const high = highValues(value, factor2);
    v128.store(to, f32x4.lt(low, threshold));
    v128.store(to, f32x4.lt(high, threshold), 16);
    to += 32;
  }

  // threshold, leaf, corners, and for each corner its offset and weight
  for (let count = load<u32>(head, 12); count > 0; count--) {
    const threshold = v128.load_splat<f32>(at);
    const end = at + 8 + load<u32>(at, 4) * 8;
    let first = i32x4.splat(0);
    let second = i32x4.splat(0);
    for (at += 8; at < end; at += 8) {
      const corner = sums + load<u32>(at);
      const weight = v128.load_splat<i32>(at, 4);
      first = i32x4.add(first, i32x4.mul(v128.load(corner), weight));
      second = i32x4.add(second, i32x4.mul(v128.load(corner + next), weight));
    }
    const low = f32x4.mul(f32x4.convert_i32x4_s(v128.shuffle<u32>(first, second, 0, 4, 1, 5)), factor);
    const high = f32x4.mul(f32x4.convert_i32x4_s(v128.shuffle<u32>(first, second, 2, 6, 3, 7)), factor2);
    v128.store(to, f32x4.lt(low, threshold));
    v128.store(to, f32x4.lt(high, threshold), 16);
    to += 32;
  }
}

/**
 * Walks the trees from their last questions up: (answer, yes, no, result) are addresses of lane masks and of eight
 * float32 each, for a leaf eight times the same. Where there is no result the value is the tree's. `upper` is 16 for
 * the last four lanes.
 */
export function choose(choices: usize, upper: usize): v128 {
  let sum = f32x4.splat(0);
  let at = choices + 4;
  for (const end = at + (load<u32>(choices) << 4); at < end; at += 16) {
    const yes = v128.load(upper + load<u32>(at, 4));
    const no = v128.load(upper + load<u32>(at, 8));
    const value = v128.bitselect(yes, no, v128.load(upper + load<u32>(at)));
    const to = load<u32>(at, 12);
    if (to) v128.store(upper + to, value);
    else sum = f32x4.add(sum, value);
  }
  return sum;
}
