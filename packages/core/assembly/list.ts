// Lists of the windows that are still in, in order: their places, as row.ts has them.
import { frame, PLACES } from './frame';

/**
 * Puts `base` plus the places of the eight bits in a list of windows, without a branch: always eight, the list ends
 * earlier.
 */
export function append(to: usize, base: i32, bits: i32): usize {
  const places = v128.load64_zero(<usize>frame(PLACES) + (bits << 3));
  const words = i16x8.extend_low_i8x16_u(places);
  const first = i32x4.splat(base);
  v128.store(to, i32x4.add(i32x4.extend_low_i16x8_u(words), first));
  v128.store(to, i32x4.add(i32x4.extend_high_i16x8_u(words), first), 16);
  return to + (popcnt(bits) << 2);
}

/** Ends a list with eight windows that are far from all others. */
export function close(end: usize): void {
  const far = i32x4.splat(i32.MAX_VALUE);
  v128.store(end, far);
  v128.store(end, far, 16);
}

/** Bits of the windows on the list that are at `first` or less than eight places after it. */
export function aliveFrom(list: usize, first: i32): i32 {
  const start = i32x4.splat(first);
  const places = i16x8.narrow_i32x4_s(
    i32x4.sub(v128.load(list), start),
    i32x4.sub(v128.load(list, 16), start),
  );
  const powers = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  const bits = i8x16.swizzle(powers, i8x16.narrow_i16x8_u(places, places));
  // no two bytes have the same bit: the four of a word added up are in the highest of the product
  const word: u32 = i32x4.extract_lane(bits, 0) | i32x4.extract_lane(bits, 1);
  return (word * 0x01010101) >> 24;
}
