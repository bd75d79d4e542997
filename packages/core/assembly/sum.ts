// Sums that every window is asked for, first of all features of eight windows in 16 bits, by shape: how often each
// corner counts is in the order of the loads. Inlined by the compiler, for a call would cost half as much as the sum;
// the linter cannot parse that decorator of AssemblyScript's.

/** 1 1 −1 −1 2 −2 */
// @ts-expect-error: decorator
@inline
export function sixCorners(pairs: usize, at: usize): v128 {
  const plus = i16x8.add(v128.load(pairs + load<u32>(at)), v128.load(pairs + load<u32>(at, 4)));
  const minus = i16x8.add(v128.load(pairs + load<u32>(at, 8)), v128.load(pairs + load<u32>(at, 12)));
  const twice = i16x8.sub(v128.load(pairs + load<u32>(at, 16)), v128.load(pairs + load<u32>(at, 20)));
  return i16x8.add(i16x8.sub(plus, minus), i16x8.add(twice, twice));
}

/** 1 1 −1 −1 3 3 −3 −3 */
// @ts-expect-error: decorator
@inline
export function eightCorners(pairs: usize, at: usize): v128 {
  const plus = i16x8.add(v128.load(pairs + load<u32>(at)), v128.load(pairs + load<u32>(at, 4)));
  const minus = i16x8.add(v128.load(pairs + load<u32>(at, 8)), v128.load(pairs + load<u32>(at, 12)));
  const plus3 = i16x8.add(v128.load(pairs + load<u32>(at, 16)), v128.load(pairs + load<u32>(at, 20)));
  const minus3 = i16x8.add(v128.load(pairs + load<u32>(at, 24)), v128.load(pairs + load<u32>(at, 28)));
  const third = i16x8.sub(plus3, minus3);
  return i16x8.add(i16x8.add(i16x8.sub(plus, minus), third), i16x8.add(third, third));
}

/** 1 1 1 1 −2 −2 −2 −2 4 */
// @ts-expect-error: decorator
@inline
export function nineCorners(pairs: usize, at: usize): v128 {
  const once = i16x8.add(
    i16x8.add(v128.load(pairs + load<u32>(at)), v128.load(pairs + load<u32>(at, 4))),
    i16x8.add(v128.load(pairs + load<u32>(at, 8)), v128.load(pairs + load<u32>(at, 12))),
  );
  const twice = i16x8.add(
    i16x8.add(v128.load(pairs + load<u32>(at, 16)), v128.load(pairs + load<u32>(at, 20))),
    i16x8.add(v128.load(pairs + load<u32>(at, 24)), v128.load(pairs + load<u32>(at, 28))),
  );
  const middle = v128.load(pairs + load<u32>(at, 32));
  const half = i16x8.sub(i16x8.add(middle, middle), twice);
  return i16x8.add(once, i16x8.add(half, half));
}

/** The first four sums times their windows' factors, as float32. */
// @ts-expect-error: decorator
@inline
export function lowValues(sums: v128, factor: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(sums)), factor);
}

/** The last four. */
// @ts-expect-error: decorator
@inline
export function highValues(sums: v128, factor: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(sums)), factor);
}

/** Of a rectangle in an integral image, for four columns; the others: bytes to its corners. */
// @ts-expect-error: decorator
@inline
export function rectangleSums(at: usize, topLeft: usize, topRight: usize, bottomLeft: usize, bottomRight: usize): v128 {
  return i32x4.sub(
    i32x4.sub(v128.load(at + topLeft), v128.load(at + topRight)),
    i32x4.sub(v128.load(at + bottomLeft), v128.load(at + bottomRight)),
  );
}

/** area · square − sum² in float32, of int32. */
// @ts-expect-error: decorator
@inline
export function contrastsOf(sum: v128, square: v128, area: f32): v128 {
  const single = f32x4.convert_i32x4_s(sum);
  const product = f32x4.mul(f32x4.splat(area), f32x4.convert_i32x4_s(square));
  return f32x4.sub(product, f32x4.mul(single, single));
}

/** Writes whether values are above their limit, and whether they are not above it less the band. */
// @ts-expect-error: decorator
@inline
export function writeAnswers(to: usize, value: v128, limit: v128, band: v128): void {
  v128.store(to, i16x8.gt_s(value, limit));
  v128.store(to, i16x8.le_s(value, i16x8.sub(limit, band)), 16);
}
