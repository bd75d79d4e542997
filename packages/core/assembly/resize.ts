// One row of OpenCV's INTER_LINEAR_EXACT: weights of 8 fractional bits, all sums exact, one rounding at the end.
// Since nothing is rounded in between, the rows can be blended first (contiguous) and the columns after.
import {
  BLEND,
  frame,
  HEIGHT,
  IMAGE,
  IMAGE_HEIGHT,
  IMAGE_WIDTH,
  PIXELS,
  WIDTH,
  X_OFFSETS,
  X_WEIGHTS,
} from './frame';

/** The weight of the second neighbour in 1/256, above 23 bits with the first neighbour's place. */
function place(at: i32, to: i32, from: i32): u32 {
  if (from < 2) return 0;
  // as OpenCV has it: the inverse of the ratio to/from, not from/to, which may differ in the last bit
  const scale = 1.0 / (<f64>to / <f64>from);
  const position = scale * (<f64>at + 0.5) - 0.5;
  const first = <i32>Math.floor(position);
  if (first < 0) return 0;
  // the last pixel is taken with its left neighbour's weight 0
  if (first >= from - 1) return (256 << 23) | (from - 2);
  return ((<u32>nearest<f64>((position - <f64>first) * 256.0)) << 23) | first;
}

export function prepareColumns(): void {
  const width = frame(WIDTH);
  const from = frame(IMAGE_WIDTH);
  const offsets = frame(X_OFFSETS);
  const weights = frame(X_WEIGHTS);
  for (let x = 0; x < width; x++) {
    const found = place(x, width, from);
    const weight = found >> 23;
    store<u32>(offsets + (x << 2), (found & 0x7fffff) << 1);
    store<u32>(weights + (x << 2), (weight << 16) | (256 - weight));
  }
}

/** Row `y` of the layer, to PIXELS. */
export function resizeRow(y: i32): void {
  const from = frame(IMAGE_WIDTH);
  const found = place(y, frame(HEIGHT), frame(IMAGE_HEIGHT));
  const below = found >> 23;
  const above = 256 - below;
  const first: usize = frame(IMAGE) + (found & 0x7fffff) * from;
  const second: usize = below === 0 ? first : first + from;
  const blend: usize = frame(BLEND);
  for (let x = 0; x < from; x++) {
    store<u16>(blend + (x << 1), <u16>(load<u8>(first + x) * above + load<u8>(second + x) * below));
  }
  const width = frame(WIDTH);
  const offsets: usize = frame(X_OFFSETS);
  const weights: usize = frame(X_WEIGHTS);
  const pixels: usize = frame(PIXELS);
  for (let x = 0; x < width; x++) {
    const pair = blend + load<u32>(offsets + (x << 2));
    const weight = load<u32>(weights + (x << 2));
    const value = <u32>load<u16>(pair) * (weight & 0xffff) + <u32>load<u16>(pair, 2) * (weight >> 16);
    store<u8>(pixels + x, <u8>((value + 0x8000) >> 16));
  }
}
