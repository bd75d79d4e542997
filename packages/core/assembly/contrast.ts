// Half the contrast of a window in 16 bits, which is all that filter.ts needs, and whether a window is flat.
//
// c = area·Σ² − (Σ)² in float32, of windows of at most 600 pixels: area is at most 506. Both products are below 2³⁴, so
// each is off by at most 2⁹; Σ² is below 2²⁵, off by 1 when it becomes a float32, which the area multiplies; and the
// difference, below 2³², is off by 2⁷: c by at most 1,700. A window that is not flat has √c > 10·area, so √c is off by
// at most 0.17, and less where the area is smaller. Adding 2²⁴ rounds it to a multiple of two: the low 16 bits of the
// float32 are half of it, off by at most 0.67 with all of that.
import { frame, PROGRAM, WINDOW_HEIGHT, WINDOW_WIDTH } from './frame';
import { bottomLeft, bottomRight, topLeft, topRight } from './normal';
import { contrastsOf, rectangleSums } from './sum';

/** pixels of a window whose halved contrast fits in 16 bits */
export const SMALL: i32 = 600;

/** windows whose c lies within so much of the limit are judged in double */
const DOUBT: f32 = 10000;

let area: f32 = 0;
let low: f32 = 0;
let high: f32 = 0;

/** Finds what c must be in this layer. */
export function prepareContrast(): void {
  area = <f32>((frame(WINDOW_WIDTH) - 2) * (frame(WINDOW_HEIGHT) - 2));
  // the factor is 1 / √c
  const limit = <f64>load<f32>(frame(PROGRAM), 12);
  const flat = <f32>(1 / (limit * limit));
  low = flat - DOUBT;
  high = flat + DOUBT;
}

function contrasts(sums: usize, squares: usize): v128 {
  const sum = rectangleSums(sums, topLeft, topRight, bottomLeft, bottomRight);
  const square = rectangleSums(squares, topLeft, topRight, bottomLeft, bottomRight);
  return contrastsOf(sum, square, area);
}

/**
 * Writes half the contrasts of eight windows, four columns of two rows `next` bytes apart that take turns, to `to`.
 * Answers the bits of those that are not flat, or −1 where it is not certain.
 */
export function halfContrasts(sums: usize, squares: usize, next: usize, to: usize): i32 {
  const a = contrasts(sums, squares);
  const b = contrasts(sums + next, squares + next);
  const magic = f32x4.splat(16777216);
  const halfA = v128.and(f32x4.add(f32x4.sqrt(a), magic), i32x4.splat(0xffff));
  v128.store(to, v128.or(halfA, i32x4.shl(f32x4.add(f32x4.sqrt(b), magic), 16)));
  const sureA = f32x4.gt(a, f32x4.splat(high));
  const sureB = f32x4.gt(b, f32x4.splat(high));
  const perhapsA = v128.andnot(f32x4.gt(a, f32x4.splat(low)), sureA);
  const perhapsB = v128.andnot(f32x4.gt(b, f32x4.splat(low)), sureB);
  if (v128.any_true(v128.or(perhapsA, perhapsB))) return -1;
  return i16x8.bitmask(v128.or(v128.and(sureA, i32x4.splat(0xffff)), i32x4.shl(sureB, 16)));
}
