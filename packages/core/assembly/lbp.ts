// A stage of local binary patterns for eight windows at once: four columns of two rows, as in vector.ts.
//
// A cell's sum is at most 255 · 257 < 2¹⁶, so the lower 16 bits of the integral image are enough, and sums compare as
// unsigned numbers. The pattern of a window is eight comparisons with the middle cell, a byte; whether it is in the set
// that goes left is one bit of 32 bytes, which two swizzles fetch for all lanes.
//
// Feature (words): 16 corner offsets in bytes, the set, left − right.
import { decide } from './decide';

const FEATURE: usize = 25 << 2;

function column(pairs: usize, at: usize, corner: usize): v128 {
  const upper = v128.load(pairs + load<u32>(at + (corner << 2)));
  const lower = v128.load(pairs + load<u32>(at + (corner << 2), 16));
  return i16x8.sub(upper, lower);
}

/** One bit more of the patterns: whether the cell is not less than the middle one. */
function append(patterns: v128, cell: v128, middle: v128): v128 {
  return i16x8.sub(i16x8.add(patterns, patterns), i16x8.ge_u(cell, middle));
}

/** Bits of the windows among `alive` that pass. `pairs`, `sums`: of the first window; `next`: bytes to row B. */
export function passesPatterns(
  head: usize,
  stage: i32,
  pairs: usize,
  sums: usize,
  next: usize,
  alive: i32,
): i32 {
  let total = f32x4.splat(0);
  let total2 = f32x4.splat(0);
  const powers = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  let at: usize = load<u32>(head, 24);
  for (const end = at + load<u32>(head) * FEATURE; at < end; at += FEATURE) {
    const a = column(pairs, at, 0);
    const b = column(pairs, at, 1);
    const c = column(pairs, at, 2);
    const d = column(pairs, at, 3);
    const e = column(pairs, at, 4);
    const f = column(pairs, at, 5);
    const g = column(pairs, at, 6);
    const h = column(pairs, at, 7);
    const i = column(pairs, at, 8);
    const j = column(pairs, at, 9);
    const k = column(pairs, at, 10);
    const l = column(pairs, at, 11);
    const middle = i16x8.sub(f, g);
    let patterns = i16x8.splat(0);
    patterns = append(patterns, i16x8.sub(a, b), middle);
    patterns = append(patterns, i16x8.sub(b, c), middle);
    patterns = append(patterns, i16x8.sub(c, d), middle);
    patterns = append(patterns, i16x8.sub(g, h), middle);
    patterns = append(patterns, i16x8.sub(k, l), middle);
    patterns = append(patterns, i16x8.sub(j, k), middle);
    patterns = append(patterns, i16x8.sub(i, j), middle);
    patterns = append(patterns, i16x8.sub(e, f), middle);
    const bytes = i8x16.narrow_i16x8_u(patterns, patterns);
    const place = i8x16.shr_u(bytes, 3);
    // a place beyond the sixteen gives 0
    const low = i8x16.swizzle(v128.load(at, 64), place);
    const high = i8x16.swizzle(v128.load(at, 80), i8x16.sub(place, i8x16.splat(16)));
    const bit = i8x16.swizzle(powers, v128.and(bytes, i8x16.splat(7)));
    const left = i8x16.eq(v128.and(v128.or(low, high), bit), bit);
    const lanes = i16x8.extend_low_i8x16_s(left);
    const leaf = v128.load_splat<f32>(at, 96);
    total = f32x4.add(total, v128.and(i32x4.extend_low_i16x8_s(lanes), leaf));
    total2 = f32x4.add(total2, v128.and(i32x4.extend_high_i16x8_s(lanes), leaf));
  }
  return decide(head, stage, total, total2, sums, next, 0, alive);
}
