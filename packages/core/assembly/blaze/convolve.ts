/** Added and multiplied one after the other, each rounded: the same on every machine, which relaxed SIMD is not. */
function fma(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** from one output pixel's first value to the next one's, bytes */
let step: usize = 0;
/** runs of values that go into one sum, values of a run, and bytes from one run to the next */
let runs: i32 = 0;
let values: usize = 0;
let stride: usize = 0;
/** bytes of an output pixel, and of one of what is added */
let pixel: usize = 0;
let otherPixel: usize = 0;
let least: v128 = f32x4.splat(0);

/** Four pixels of eight channels. `other`: what is added, 0 for nothing. Returns the address of the next weights. */
function eight(from: usize, to: usize, weights: usize, bias: usize, other: usize): usize {
  const low = v128.load(bias);
  const high = v128.load(bias, 16);
  let a0 = low;
  let a1 = high;
  let b0 = low;
  let b1 = high;
  let c0 = low;
  let c1 = high;
  let d0 = low;
  let d1 = high;
  for (let run = 0; run < runs; run++, from += stride) {
    let a = from;
    let b = a + step;
    let c = b + step;
    let d = c + step;
    // one value at a time: unrolled it is a third slower in V8
    for (const end = a + values; a < end; a += 4) {
      const w0 = v128.load(weights);
      const w1 = v128.load(weights, 16);
      let v = v128.load_splat<f32>(a);
      a0 = fma(a0, v, w0);
      a1 = fma(a1, v, w1);
      v = v128.load_splat<f32>(b);
      b0 = fma(b0, v, w0);
      b1 = fma(b1, v, w1);
      v = v128.load_splat<f32>(c);
      c0 = fma(c0, v, w0);
      c1 = fma(c1, v, w1);
      v = v128.load_splat<f32>(d);
      d0 = fma(d0, v, w0);
      d1 = fma(d1, v, w1);
      b += 4;
      c += 4;
      d += 4;
      weights += 32;
    }
  }
  if (other) {
    a0 = f32x4.add(a0, v128.load(other));
    a1 = f32x4.add(a1, v128.load(other, 16));
    other += otherPixel;
    b0 = f32x4.add(b0, v128.load(other));
    b1 = f32x4.add(b1, v128.load(other, 16));
    other += otherPixel;
    c0 = f32x4.add(c0, v128.load(other));
    c1 = f32x4.add(c1, v128.load(other, 16));
    other += otherPixel;
    d0 = f32x4.add(d0, v128.load(other));
    d1 = f32x4.add(d1, v128.load(other, 16));
  }
  v128.store(to, f32x4.pmax(least, a0));
  v128.store(to, f32x4.pmax(least, a1), 16);
  to += pixel;
  v128.store(to, f32x4.pmax(least, b0));
  v128.store(to, f32x4.pmax(least, b1), 16);
  to += pixel;
  v128.store(to, f32x4.pmax(least, c0));
  v128.store(to, f32x4.pmax(least, c1), 16);
  to += pixel;
  v128.store(to, f32x4.pmax(least, d0));
  v128.store(to, f32x4.pmax(least, d1), 16);
  return weights;
}

/**
 * Each output value is the sum of `count` runs of `length` values, times weights. A pointwise layer is one row of all
 * its pixels, at least four; one run each. Weights: blocks of eight channels: [count][length][8].
 *
 * @param skip bytes from one pixel's values to the next one's; @param next from run to run; @param row from row to row
 * @param other what is added: `otherChannels` at most `channels`, 0 for nothing
 */
export function convolve(
  from: usize,
  to: usize,
  weights: usize,
  bias: usize,
  other: usize,
  otherChannels: i32,
  width: i32,
  height: i32,
  channels: i32,
  count: i32,
  length: i32,
  skip: usize,
  next: usize,
  row: usize,
  relu: bool,
): void {
  step = skip;
  runs = count;
  values = (<usize>length) << 2;
  stride = next;
  pixel = (<usize>channels) << 2;
  otherPixel = (<usize>otherChannels) << 2;
  least = f32x4.splat(relu ? 0 : -f32.MAX_VALUE);
  for (let y = 0; y < height; y++, from += row, to += <usize>width * pixel) {
    for (let column = 0; column < width; column += 4) {
      // the last four may overlap those before
      const x: usize = min(column, width - 4);
      const source = from + x * step;
      let weight = weights;
      for (let channel = 0; channel < channels; channel += 8) {
        const offset: usize = channel << 2;
        const added = channel < otherChannels ? other + x * otherPixel + offset : 0;
        weight = eight(source, to + x * pixel + offset, weight, bias + offset, added);
      }
    }
  }
}
