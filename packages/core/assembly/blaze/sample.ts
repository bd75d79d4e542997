// Crops, resampled. A row of the image is laid out in columns of the network first, four floats each, then added to the
// network's rows that it is in, and these are written when all of theirs have been.

/** The values of one pixel of `bytes` (1, 3 or 4) bytes, in the order that they lie in; the fourth is anything. */
function pixelAt(at: usize, bytes: i32): v128 {
  const values = bytes === 1 ? v128.load8_splat(at) : v128.load32_zero(at);
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(values)));
}

/**
 * Each of `width` columns: the sum of `taps` pixels from the one that `firsts` names, times `weights` ([width][taps]).
 * Three bytes may be read after the last pixel.
 */
export function sampleRow(
  from: usize,
  bytes: i32,
  firsts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  to: usize,
): void {
  for (const end = to + ((<usize>width) << 4); to < end; to += 16, firsts += 4) {
    let at = from + <usize>(load<i32>(firsts) * bytes);
    let sum = f32x4.splat(0);
    for (const last = weights + ((<usize>taps) << 2); weights < last; weights += 4, at += bytes) {
      sum = f32x4.add(sum, f32x4.mul(pixelAt(at, bytes), v128.load_splat<f32>(weights)));
    }
    v128.store(to, sum);
  }
}

/** Adds a row of `width` columns, times `weight`, to another. */
export function addRow(from: usize, to: usize, width: i32, weight: f32): void {
  const factor = f32x4.splat(weight);
  for (const end = to + ((<usize>width) << 4); to < end; to += 16, from += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), factor)));
  }
}

/** The row as the network reads it: red, green, blue from −1 for 0 to 1 for 255. `swap` where blue came first. */
export function writeRow(from: usize, to: usize, width: i32, swap: bool): void {
  const scale: f32 = 2.0 / 255.0;
  const first: usize = swap ? 8 : 0;
  for (const end = from + ((<usize>width) << 4); from < end; from += 16, to += 12) {
    store<f32>(to, load<f32>(from + first) * scale - 1);
    store<f32>(to, load<f32>(from, 4) * scale - 1, 4);
    store<f32>(to, load<f32>(from + (8 - first)) * scale - 1, 8);
  }
}
