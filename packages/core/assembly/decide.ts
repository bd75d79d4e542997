// From the float32 sums of a stage to the windows that pass it.
import { passesStage } from './exact';
import { frame, LBP, PROGRAM } from './frame';

/**
 * Bits of the windows among `alive` that pass: above the upper bound in `head` for certain, between the two as the sum
 * in double says. `factors`: of the eight windows, for HAAR features.
 */
export function decide(
  head: usize,
  stage: i32,
  total: v128,
  total2: v128,
  sums: usize,
  next: usize,
  factors: usize,
  alive: i32,
): i32 {
  const high = v128.load_splat<f32>(head, 20);
  let pass = bits(f32x4.ge(total, high), f32x4.ge(total2, high)) & alive;
  const low = v128.load_splat<f32>(head, 16);
  let doubt = bits(f32x4.ge(total, low), f32x4.ge(total2, low)) & alive & ~pass;
  const isLbp = frame(LBP) !== 0;
  while (doubt) {
    const lane = ctz(doubt);
    doubt &= doubt - 1;
    const factor = isLbp ? <f32>1 : load<f32>(factors + (lane << 2));
    const window = sums + ((lane >> 1) << 2) + (lane & 1 ? next : 0);
    if (passesStage(window, frame(PROGRAM), stage, factor, isLbp)) pass |= 1 << lane;
  }
  return pass;
}

/** One bit a lane. */
export function bits(first: v128, second: v128): i32 {
  return i16x8.bitmask(i16x8.narrow_i32x4_s(first, second));
}
