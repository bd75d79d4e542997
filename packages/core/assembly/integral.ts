// Integral images, a row at a time: sums (int32), sums of squares (uint32, wrapping as OpenCV's) and tilted sums.
import { ABOVE, frame, HALF, PIXELS, SQUARES, STEP, STRIDE, SUM, TILTED, WIDTH } from './frame';

/** Bytes from the start of a row to column `x`. */
// @ts-expect-error: decorator
function at(x: i32, step: i32, half: i32): usize {
  return step === 1 ? x << 2 : ((x >> 1) << 2) + (x & 1) * half;
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

/** Row `row` of the buffers from the pixels at PIXELS and the row before. */
export function integralRow(row: i32): void {
  const width = frame(WIDTH);
  const step = frame(STEP);
  const half = frame(HALF);
  const stride = frame(STRIDE);
  const pixels: usize = frame(PIXELS);
  const sums: usize = frame(SUM) + row * stride;
  const squares: usize = frame(SQUARES) + row * stride;
  let sum: u32 = 0;
  let square: u32 = 0;
  store<u32>(sums, 0);
  store<u32>(squares, 0);
  for (let x = 0; x < width; x++) {
    const pixel: u32 = load<u8>(pixels + x);
    sum += pixel;
    square += pixel * pixel;
    const to = at(x + 1, step, half);
    store<u32>(sums + to, sum + load<u32>(sums + to - stride));
    store<u32>(squares + to, square + load<u32>(squares + to - stride));
  }
  if (frame(TILTED)) tiltedRow(row);
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
