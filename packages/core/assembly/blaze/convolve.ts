/** Added and multiplied one after the other, each rounded: the same on every machine, which relaxed SIMD is not. */
function fma(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
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
  const bytes = (<usize>length) << 2;
  const pixel = (<usize>channels) << 2;
  const otherPixel = (<usize>otherChannels) << 2;
  const least = f32x4.splat(relu ? 0 : -f32.MAX_VALUE);
  for (let y = 0; y < height; y++, from += row, to += <usize>width * pixel) {
    for (let column = 0; column < width; column += 4) {
      // the last four may overlap those before
      const x: usize = min(column, width - 4);
      let weight = weights;
      // four pixels of eight channels: with what they are made of, as many as there are registers
      for (let channel = 0; channel < channels; channel += 8) {
        const offset: usize = channel << 2;
        const low = v128.load(bias + offset);
        const high = v128.load(bias + offset, 16);
        let a0 = low;
        let a1 = high;
        let b0 = low;
        let b1 = high;
        let c0 = low;
        let c1 = high;
        let d0 = low;
        let d1 = high;
        let source = from + x * skip;
        for (let run = 0; run < count; run++, source += next) {
          let a = source;
          let b = a + skip;
          let c = b + skip;
          let d = c + skip;
          // one value at a time: written out four times it took V8 half as long again
          for (const end = a + bytes; a < end; a += 4, b += 4, c += 4, d += 4, weight += 32) {
            const w0 = v128.load(weight);
            const w1 = v128.load(weight, 16);
            let value = v128.load_splat<f32>(a);
            a0 = fma(a0, value, w0);
            a1 = fma(a1, value, w1);
            value = v128.load_splat<f32>(b);
            b0 = fma(b0, value, w0);
            b1 = fma(b1, value, w1);
            value = v128.load_splat<f32>(c);
            c0 = fma(c0, value, w0);
            c1 = fma(c1, value, w1);
            value = v128.load_splat<f32>(d);
            d0 = fma(d0, value, w0);
            d1 = fma(d1, value, w1);
          }
        }
        if (channel < otherChannels) {
          let added = other + x * otherPixel + offset;
          a0 = f32x4.add(a0, v128.load(added));
          a1 = f32x4.add(a1, v128.load(added, 16));
          added += otherPixel;
          b0 = f32x4.add(b0, v128.load(added));
          b1 = f32x4.add(b1, v128.load(added, 16));
          added += otherPixel;
          c0 = f32x4.add(c0, v128.load(added));
          c1 = f32x4.add(c1, v128.load(added, 16));
          added += otherPixel;
          d0 = f32x4.add(d0, v128.load(added));
          d1 = f32x4.add(d1, v128.load(added, 16));
        }
        let target = to + x * pixel + offset;
        v128.store(target, f32x4.pmax(least, a0));
        v128.store(target, f32x4.pmax(least, a1), 16);
        target += pixel;
        v128.store(target, f32x4.pmax(least, b0));
        v128.store(target, f32x4.pmax(least, b1), 16);
        target += pixel;
        v128.store(target, f32x4.pmax(least, c0));
        v128.store(target, f32x4.pmax(least, c1), 16);
        target += pixel;
        v128.store(target, f32x4.pmax(least, d0));
        v128.store(target, f32x4.pmax(least, d1), 16);
      }
    }
  }
}
