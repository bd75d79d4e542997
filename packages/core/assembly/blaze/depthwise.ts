function fma(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** bytes of a pixel; columns of the source */
let pixel: usize = 0;
let columns: i32 = 0;
let stride: i32 = 1;
let least: v128 = f32x4.splat(0);

/** Three weights of one row of the 3×3 are nothing where that row is outside. */
function weightAt(weights: usize, inside: bool): v128 {
  return inside ? v128.load(weights) : f32x4.splat(0);
}

/**
 * Four channels of one row of the target, from three rows of the source; of these `hasFirst` and `hasThird` say whether
 * they are inside. One that is not has another's address: what is there is multiplied by 0.
 */
function line(
  first: usize,
  second: usize,
  third: usize,
  to: usize,
  weights: usize,
  bias: v128,
  hasFirst: bool,
  hasThird: bool,
): void {
  const one = pixel;
  const two = 2 * one;
  const low = least;
  const w0 = weightAt(weights, hasFirst);
  const w1 = weightAt(weights + one, hasFirst);
  const w2 = weightAt(weights + two, hasFirst);
  weights += 3 * one;
  const w3 = v128.load(weights);
  const w4 = v128.load(weights + one);
  const w5 = v128.load(weights + two);
  weights += 3 * one;
  const w6 = weightAt(weights, hasThird);
  const w7 = weightAt(weights + one, hasThird);
  const w8 = weightAt(weights + two, hasThird);
  let count = columns / stride - 1;
  if (stride === 1) {
    let a = fma(bias, v128.load(first), w1);
    a = fma(a, v128.load(second), w4);
    a = fma(a, v128.load(third), w7);
    a = fma(a, v128.load(first + one), w2);
    a = fma(a, v128.load(second + one), w5);
    a = fma(a, v128.load(third + one), w8);
    v128.store(to, f32x4.pmax(low, a));
    to += one;
    // two at a time: they share half of what is read
    for (count--; count > 1; count -= 2) {
      a = fma(bias, v128.load(first), w0);
      a = fma(a, v128.load(second), w3);
      a = fma(a, v128.load(third), w6);
      first += one;
      second += one;
      third += one;
      let v = v128.load(first);
      a = fma(a, v, w1);
      let b = fma(bias, v, w0);
      v = v128.load(second);
      a = fma(a, v, w4);
      b = fma(b, v, w3);
      v = v128.load(third);
      a = fma(a, v, w7);
      b = fma(b, v, w6);
      first += one;
      second += one;
      third += one;
      v = v128.load(first);
      a = fma(a, v, w2);
      b = fma(b, v, w1);
      v = v128.load(second);
      a = fma(a, v, w5);
      b = fma(b, v, w4);
      v = v128.load(third);
      a = fma(a, v, w8);
      b = fma(b, v, w7);
      b = fma(b, v128.load(first + one), w2);
      b = fma(b, v128.load(second + one), w5);
      b = fma(b, v128.load(third + one), w8);
      v128.store(to, f32x4.pmax(low, a));
      to += one;
      v128.store(to, f32x4.pmax(low, b));
      to += one;
    }
  }
  const skip = <usize>stride * one;
  for (; count > 0; count--, first += skip, second += skip, third += skip, to += one) {
    let a = fma(bias, v128.load(first), w0);
    a = fma(a, v128.load(second), w3);
    a = fma(a, v128.load(third), w6);
    a = fma(a, v128.load(first + one), w1);
    a = fma(a, v128.load(second + one), w4);
    a = fma(a, v128.load(third + one), w7);
    a = fma(a, v128.load(first + two), w2);
    a = fma(a, v128.load(second + two), w5);
    a = fma(a, v128.load(third + two), w8);
    v128.store(to, f32x4.pmax(low, a));
  }
  let a = fma(bias, v128.load(first), w0);
  a = fma(a, v128.load(second), w3);
  a = fma(a, v128.load(third), w6);
  a = fma(a, v128.load(first + one), w1);
  a = fma(a, v128.load(second + one), w4);
  a = fma(a, v128.load(third + one), w7);
  v128.store(to, f32x4.pmax(low, a));
}

/**
 * A 3×3 layer of each channel by itself. Weights: [9][channels]. With stride 1 the target is as large as the source,
 * which has a border of zeros; with stride 2 it is half as large, and the zeros are only below and on the right, as
 * TensorFlow's padding SAME has it for even sizes. `width` and `height` are the source's, at least 2.
 */
export function depthwise(
  from: usize,
  to: usize,
  weights: usize,
  bias: usize,
  width: i32,
  height: i32,
  channels: i32,
  step: i32,
  relu: bool,
): void {
  pixel = (<usize>channels) << 2;
  columns = width;
  stride = step;
  least = f32x4.splat(relu ? 0 : -f32.MAX_VALUE);
  const row = <usize>width * pixel;
  const target = <usize>(width / step) * pixel;
  const before = step === 1 ? 1 : 0;
  for (let y = -before; y + before < height; y += step, to += target) {
    const hasFirst = y >= 0;
    const hasThird = y + 2 < height;
    const second = from + <usize>(y + 1) * row;
    const first = hasFirst ? second - row : second;
    const third = hasThird ? second + row : second;
    for (let channel: usize = 0; channel < pixel; channel += 16) {
      line(
        first + channel,
        second + channel,
        third + channel,
        to + channel,
        weights + channel,
        v128.load(bias + channel),
        hasFirst,
        hasThird,
      );
    }
  }
}
