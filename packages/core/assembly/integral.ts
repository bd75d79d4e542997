// Integral images, a row at a time: sums (int32), sums of squares (uint32, wrapping as OpenCV's), tilted sums,
// and pairs: the lower 16 bits of a column's sum and of the sum one row of windows below, and the same of their halves.
import {
  ABOVE,
  BLEND,
  frame,
  HALF,
  HALVES,
  PAIRS,
  PIXELS,
  SQUARES,
  STEP,
  STRIDE,
  SUM,
  TILTED,
  WIDTH,
  X_OFFSETS,
  X_WEIGHTS,
} from './frame';
import { fourPixels } from './resize';

/** Bytes from the start of a row to column `x`. */
function at(x: i32, step: i32, half: i32): usize {
  return step === 1 ? x << 2 : ((x >> 1) << 2) + (x & 1) * half;
}

/** What the columns of a row take, where they are split the even ones. */
function columnBytes(): usize {
  return ((frame(STEP) === 2 ? frame(WIDTH) >> 1 : frame(WIDTH)) + 1) << 2;
}

/** Moves `count` rows of a table, from row `row` on, to its top, as far as the layer has columns. */
export function moveRows(table: usize, row: i32, count: i32): void {
  const stride: usize = frame(STRIDE);
  // odd columns are behind all even ones
  const bytes = columnBytes() + (frame(STEP) === 2 ? frame(HALF) : 0);
  let to = table;
  for (let from = table + row * stride; count > 0; count--, from += stride, to += stride)
    memory.copy(to, from, bytes);
}

/** The row above the first one: nothing but zeros. */
export function firstRow(): void {
  const stride = frame(STRIDE);
  memory.fill(frame(SUM), 0, stride);
  memory.fill(frame(SQUARES), 0, stride);
  if (frame(TILTED)) {
    memory.fill(frame(TILTED), 0, stride);
    memory.fill(frame(ABOVE), 0, frame(WIDTH));
  }
}

/** Row `row` of the buffers from the blended row at BLEND and the row before. */
export function integralRow(row: i32): void {
  const stride: usize = frame(STRIDE);
  const width = frame(WIDTH);
  const blend: usize = frame(BLEND);
  const pixels: usize = frame(PIXELS);
  const offsets: usize = frame(X_OFFSETS);
  const weights: usize = frame(X_WEIGHTS);
  const tilted = frame(TILTED) !== 0;
  const split = frame(STEP) === 2;
  const half: usize = frame(HALF);
  const sums: usize = frame(SUM) + row * stride;
  const squares: usize = frame(SQUARES) + row * stride;
  store<u32>(sums, 0);
  store<u32>(squares, 0);
  let carry = i32x4.splat(0);
  let squareCarry = i32x4.splat(0);
  const upper = i32x4(0, 0, -1, -1);
  for (let x: usize = 0; x < <usize>width; x += 8) {
    const a = fourPixels(blend, offsets + (x << 2), weights + (x << 2));
    const b = fourPixels(blend, offsets + (x << 2) + 16, weights + (x << 2) + 16);
    const words = i16x8.narrow_i32x4_s(a, b);
    if (tilted) v128.store64_lane(pixels + x, i8x16.narrow_i16x8_u(words, words), 0);
    // running sums of four and four in 16 bits: at most 4 · 255
    let run = i16x8.add(words, i64x2.shl(words, 16));
    run = i16x8.add(run, i64x2.shl(run, 32));
    let first = i32x4.extend_low_i16x8_u(run);
    let second = i32x4.extend_high_i16x8_u(run);
    first = i32x4.add(first, carry);
    second = i32x4.add(second, v128.shuffle<u32>(first, first, 3, 3, 3, 3));
    carry = v128.shuffle<u32>(second, second, 3, 3, 3, 3);

    let square = i32x4.dot_i16x8_s(a, a);
    square = i32x4.add(square, i64x2.shl(square, 32));
    square = i32x4.add(square, v128.and(v128.shuffle<u32>(square, square, 1, 1, 1, 1), upper));
    square = i32x4.add(square, squareCarry);
    let square2 = i32x4.dot_i16x8_s(b, b);
    square2 = i32x4.add(square2, i64x2.shl(square2, 32));
    square2 = i32x4.add(square2, v128.and(v128.shuffle<u32>(square2, square2, 1, 1, 1, 1), upper));
    square2 = i32x4.add(square2, v128.shuffle<u32>(square, square, 3, 3, 3, 3));
    squareCarry = v128.shuffle<u32>(square2, square2, 3, 3, 3, 3);

    if (split) {
      // columns x + 1, x + 3 … are odd, x + 2, x + 4 … are even
      const at = x << 1;
      const odd = i32x4.add(
        v128.shuffle<u32>(first, second, 0, 2, 4, 6),
        v128.load(sums + half + at - stride),
      );
      const even = i32x4.add(v128.shuffle<u32>(first, second, 1, 3, 5, 7), v128.load(sums + at - stride, 4));
      v128.store(sums + half + at, odd);
      v128.store(sums + at, even, 4);
      const oddSquares = v128.shuffle<u32>(square, square2, 0, 2, 4, 6);
      const evenSquares = v128.shuffle<u32>(square, square2, 1, 3, 5, 7);
      v128.store(squares + half + at, i32x4.add(oddSquares, v128.load(squares + half + at - stride)));
      v128.store(squares + at, i32x4.add(evenSquares, v128.load(squares + at - stride, 4)), 4);
    } else {
      const at = x << 2;
      first = i32x4.add(first, v128.load(sums + at - stride, 4));
      second = i32x4.add(second, v128.load(sums + at - stride, 20));
      v128.store(sums + at, first, 4);
      v128.store(sums + at, second, 20);
      v128.store(squares + at, i32x4.add(square, v128.load(squares + at - stride, 4)), 4);
      v128.store(squares + at, i32x4.add(square2, v128.load(squares + at - stride, 20)), 20);
    }
  }
  if (tilted) tiltedRow(row);
}

/** T(X, Y) = T(X − 1, Y − 1) + T(X + 1, Y − 1) − T(X, Y − 2) and the two pixels at the tip; both edges by symmetry. */
function tiltedRow(row: i32): void {
  const width = frame(WIDTH);
  const step = frame(STEP);
  const half = frame(HALF);
  const stride = frame(STRIDE);
  const pixels: usize = frame(PIXELS);
  const above: usize = frame(ABOVE);
  const to: usize = frame(TILTED) + row * stride;
  const one = to - stride;
  const two = one - stride;
  const tall = row > 1;
  store<u32>(to, load<u32>(one + at(1, step, half)));
  for (let x = 1; x <= width; x++) {
    let value: u32 =
      load<u32>(one + at(x - 1, step, half)) + load<u8>(pixels + x - 1) + load<u8>(above + x - 1);
    if (x < width) {
      value += load<u32>(one + at(x + 1, step, half));
      if (tall) value -= load<u32>(two + at(x, step, half));
    }
    store<u32>(to + at(x, step, half), value);
  }
  memory.copy(above, pixels, width);
}

/**
 * Row `row` of the pairs, from the sums of that row and of row `below`. A difference is exact modulo 2¹⁶ in both
 * halves.
 */
export function pairRow(row: i32, below: i32): void {
  const stride: usize = frame(STRIDE);
  const from: usize = frame(SUM) + row * stride;
  const second: usize = frame(SUM) + below * stride;
  const to: usize = frame(PAIRS) + row * stride;
  const bytes = columnBytes();
  pairColumns(from, second, to, bytes);
  if (frame(STEP) === 2) {
    const half: usize = frame(HALF);
    pairColumns(from + half, second + half, to + half, bytes);
  }
}

function pairColumns(from: usize, below: usize, to: usize, bytes: usize): void {
  const halves: usize = frame(HALVES);
  for (const end = to + bytes; to < end; to += 16, from += 16, below += 16) {
    const first = v128.load(from);
    const second = v128.load(below);
    v128.store(to, v128.shuffle<u16>(first, i32x4.shl(second, 16), 0, 9, 2, 11, 4, 13, 6, 15));
    if (halves) {
      const half = i32x4.shr_u(first, 1);
      v128.store(to + halves, v128.shuffle<u16>(half, i32x4.shl(second, 15), 0, 9, 2, 11, 4, 13, 6, 15));
    }
  }
}
