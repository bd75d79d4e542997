// One row of OpenCV's INTER_LINEAR_EXACT: weights of 8 fractional bits, all sums exact, one rounding at the end.
// Since nothing is rounded in between, the rows can be blended first (contiguous) and the columns after.
import { BLEND, frame, HEIGHT, IMAGE, IMAGE_HEIGHT, IMAGE_WIDTH, WIDTH, X_OFFSETS, X_WEIGHTS } from './frame';

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

/** Where each column's two neighbours are, and their weights; eight at a time, so the table is filled up. */
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
  for (let x = width; x < ((width + 7) & -8); x++) store<u32>(offsets + (x << 2), 0);
}

/** The two rows of the image that row `y` of the layer lies between, blended, less 2¹⁵ to be signed: to BLEND. */
export function blendRows(y: i32): void {
  const from = frame(IMAGE_WIDTH);
  const found = place(y, frame(HEIGHT), frame(IMAGE_HEIGHT));
  const below = found >> 23;
  let first: usize = frame(IMAGE) + (found & 0x7fffff) * from;
  let second: usize = below === 0 ? first : first + from;
  let to: usize = frame(BLEND);
  const end = to + (from << 1);
  const firstWeight = i16x8.splat(<i16>(256 - below));
  const secondWeight = i16x8.splat(<i16>below);
  const sign = i16x8.splat(-0x8000);
  for (; to < end; to += 32, first += 16, second += 16) {
    const a = v128.load(first);
    const b = v128.load(second);
    // at most 255 · 256: no carry out of 16 bits
    const low = i16x8.add(
      i16x8.mul(i16x8.extend_low_i8x16_u(a), firstWeight),
      i16x8.mul(i16x8.extend_low_i8x16_u(b), secondWeight),
    );
    const high = i16x8.add(
      i16x8.mul(i16x8.extend_high_i8x16_u(a), firstWeight),
      i16x8.mul(i16x8.extend_high_i8x16_u(b), secondWeight),
    );
    v128.store(to, v128.xor(low, sign));
    v128.store(to, v128.xor(high, sign), 16);
  }
}

/** Four pixels of the layer as int32: of the pairs at `offsets` in the blended row, with the pairs of weights. */
export function fourPixels(blend: usize, offsets: usize, weights: usize): v128 {
  let pairs = v128.load32_zero(blend + load<u32>(offsets));
  pairs = v128.load_lane<u32>(blend + load<u32>(offsets, 4), pairs, 1);
  pairs = v128.load_lane<u32>(blend + load<u32>(offsets, 8), pairs, 2);
  pairs = v128.load_lane<u32>(blend + load<u32>(offsets, 12), pairs, 3);
  // the weights of a pair add up to 256, so that the 2¹⁵ taken off come back as 2²³, and 2¹⁵ more round
  const sum = i32x4.add(i32x4.dot_i16x8_s(pairs, v128.load(weights)), i32x4.splat(0x808000));
  return i32x4.shr_u(sum, 16);
}
