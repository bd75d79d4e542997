import type { Pixels } from '@facepipe/wire';

/** Brightness without colour, 0 to 255, rows without padding. */
export interface Luma {
  data: Float32Array;
  width: number;
  height: number;
}

/** Of BT.601: OpenCV's 9798, 19235 and 3735 parts of 32768, here without its rounding. */
const [red, green, blue] = [0.299, 0.587, 0.114];

/** The brightness of one pixel. */
export const lumaAt = (r: number, g: number, b: number): number => red * r + green * g + blue * b;

export function lumaOf({ data, width, height, channels }: Pixels): Luma {
  const luma = new Float32Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i++, at += channels)
    luma[i] = channels === 1 ? (data[at] ?? 0) : lumaAt(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
  return { data: luma, width, height };
}

interface Taps {
  /** Of each target pixel, where its source pixels begin. */
  first: Int32Array;
  /** So many weights for each, which add up to 1. */
  weights: Float32Array;
  count: number;
}

/**
 * A triangle over as many pixels as one of the target covers, two at least: bilinear, and without aliases when smaller.
 */
function tapsFor(from: number, to: number): Taps {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const count = Math.min(from, Math.ceil(2 * reach) + 1);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * count);
  for (let i = 0; i < to; i++) {
    const middle = (i + 0.5) * scale - 0.5;
    const start = Math.min(from - count, Math.max(0, Math.ceil(middle - reach)));
    first[i] = start;
    let sum = 0;
    for (let k = 0; k < count; k++) sum += Math.max(0, reach - Math.abs(start + k - middle));
    for (let k = 0; k < count; k++)
      weights[i * count + k] = Math.max(0, reach - Math.abs(start + k - middle)) / sum;
  }
  return { first, weights, count };
}

/** The same brightness in so many pixels. */
export function resized({ data, width, height }: Luma, toWidth: number, toHeight: number): Luma {
  const across = tapsFor(width, toWidth);
  const down = tapsFor(height, toHeight);
  const rows = new Float32Array(toWidth * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < toWidth; x++) {
      const start = y * width + (across.first[x] ?? 0);
      let sum = 0;
      for (let k = 0; k < across.count; k++)
        sum += (across.weights[x * across.count + k] ?? 0) * (data[start + k] ?? 0);
      rows[y * toWidth + x] = sum;
    }
  const made = new Float32Array(toWidth * toHeight);
  for (let y = 0; y < toHeight; y++)
    for (let k = 0; k < down.count; k++) {
      const weight = down.weights[y * down.count + k] ?? 0;
      const row = ((down.first[y] ?? 0) + k) * toWidth;
      for (let x = 0; x < toWidth; x++)
        made[y * toWidth + x] = (made[y * toWidth + x] ?? 0) + weight * (rows[row + x] ?? 0);
    }
  return { data: made, width: toWidth, height: toHeight };
}

/** Mean and variance of all pixels. */
export function spreadOf(data: Float32Array): { mean: number; variance: number } {
  let [sum, squares] = [0, 0];
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return { mean, variance: Math.max(0, squares / data.length - mean * mean) };
}
