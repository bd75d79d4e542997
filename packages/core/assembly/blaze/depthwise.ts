function fma(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** bytes of a pixel and of a row of the source; columns of it */
let pixel: usize = 0;
let row: usize = 0;
let columns: i32 = 0;
let least: v128 = f32x4.splat(0);

/**
 * One pixel of four channels where parts of the 3×3 may lie outside, which counts as 0. Bits of `rows`: which are
 * inside.
 */
function edge(from: usize, x: i32, rows: i32, weights: usize, sum: v128): v128 {
  for (let y = 0; y < 3; y++, rows >>= 1, from += row, weights += 3 * pixel) {
    if (!(rows & 1)) continue;
    if (x >= 0) sum = fma(sum, v128.load(from), v128.load(weights));
    sum = fma(sum, v128.load(from + pixel), v128.load(weights + pixel));
    if (x + 2 < columns) sum = fma(sum, v128.load(from + 2 * pixel), v128.load(weights + 2 * pixel));
  }
  return f32x4.pmax(least, sum);
}

/** Four channels of one row where all of the 3×3 is inside: `count` pixels, those of the source `stride` apart. */
function inside(from: usize, to: usize, weights: usize, bias: v128, count: i32, stride: i32): void {
  const w0 = v128.load(weights);
  const w1 = v128.load(weights + pixel);
  const w2 = v128.load(weights + 2 * pixel);
  const w3 = v128.load(weights + 3 * pixel);
  const w4 = v128.load(weights + 4 * pixel);
  const w5 = v128.load(weights + 5 * pixel);
  const w6 = v128.load(weights + 6 * pixel);
  const w7 = v128.load(weights + 7 * pixel);
  const w8 = v128.load(weights + 8 * pixel);
  const skip = <usize>stride * pixel;
  let second = from + row;
  let third = second + row;
  for (; count > 0; count--, from += skip, second += skip, third += skip, to += pixel) {
    let sum = fma(bias, v128.load(from), w0);
    sum = fma(sum, v128.load(from + pixel), w1);
    sum = fma(sum, v128.load(from + 2 * pixel), w2);
    sum = fma(sum, v128.load(second), w3);
    sum = fma(sum, v128.load(second + pixel), w4);
    sum = fma(sum, v128.load(second + 2 * pixel), w5);
    sum = fma(sum, v128.load(third), w6);
    sum = fma(sum, v128.load(third + pixel), w7);
    sum = fma(sum, v128.load(third + 2 * pixel), w8);
    v128.store(to, f32x4.pmax(least, sum));
  }
}

/**
 * A 3×3 layer of each channel by itself. Weights: [9][channels]. With stride 1 the target is as large as the source,
 * which has a border of zeros; with stride 2 it is half as large, and the zeros are only below and on the right, as
 * TensorFlow's padding SAME has it for even sizes. `width` and `height` are the source's.
 */
export function depthwise(
  from: usize,
  to: usize,
  weights: usize,
  bias: usize,
  width: i32,
  height: i32,
  channels: i32,
  stride: i32,
  relu: bool,
): void {
  pixel = (<usize>channels) << 2;
  row = <usize>width * pixel;
  columns = width;
  least = f32x4.splat(relu ? 0 : -f32.MAX_VALUE);
  const before = stride === 1 ? 1 : 0;
  const targetWidth = width / stride;
  for (let y = -before; y + before < height; y += stride, to += <usize>targetWidth * pixel) {
    // the middle one always is
    const rows = (y >= 0 ? 1 : 0) | 2 | (y + 2 < height ? 4 : 0);
    const source = from + y * <i32>row;
    for (let channel: usize = 0; channel < pixel; channel += 16) {
      const first = v128.load(bias + channel);
      const weight = weights + channel;
      let x = -before;
      let target = to + channel;
      if (before) {
        v128.store(target, edge(source + channel - pixel, x, rows, weight, first));
        x++;
        target += pixel;
      }
      const count = (width - 3 - x) / stride + 1;
      if (rows === 7 && width >= 3) {
        inside(source + channel + <usize>x * pixel, target, weight, first, count, stride);
        x += count * stride;
        target += <usize>count * pixel;
      }
      for (; x + before < width; x += stride, target += pixel) {
        v128.store(target, edge(source + channel + x * <i32>pixel, x, rows, weight, first));
      }
    }
  }
}
