// The contrast of a window, less one pixel on each side, as float32(1 / √(area·Σ² − (Σ)²)), in double as OpenCV has it.
// Flat windows, which OpenCV does not look at, get a factor that is not less than FACTOR_LIMIT, or no number at all.
import { frame, HALF, STEP, STRIDE, WINDOW_HEIGHT, WINDOW_WIDTH } from './frame';
import { rectangleSums } from './sum';

/** bytes from a window to the corners of its inner one */
export let topLeft: usize = 0;
export let topRight: usize = 0;
export let bottomLeft: usize = 0;
export let bottomRight: usize = 0;
let area: f64 = 0;

/** Finds the corners of the inner window in this layer's layout. */
export function prepareNormal(): void {
  const stride: usize = frame(STRIDE);
  const below: usize = (frame(WINDOW_HEIGHT) - 2) * stride;
  topLeft = stride + column(1);
  topRight = stride + column(frame(WINDOW_WIDTH) - 1);
  bottomLeft = topLeft + below;
  bottomRight = topRight + below;
  area = <f64>((frame(WINDOW_WIDTH) - 2) * (frame(WINDOW_HEIGHT) - 2));
}

function column(x: i32): usize {
  return frame(STEP) === 1 ? x << 2 : ((x >> 1) << 2) + (x & 1) * frame(HALF);
}

function inverses(sum: v128, square: v128): v128 {
  const contrast = f64x2.sub(f64x2.mul(f64x2.splat(area), square), f64x2.mul(sum, sum));
  return f32x4.demote_f64x2_zero(f64x2.div(f64x2.splat(1), f64x2.sqrt(contrast)));
}

/** The factors of four windows. A contrast of 0 gives infinity, a negative one NaN: both are refused. */
export function fourFactors(sums: usize, squares: usize): v128 {
  const sum = rectangleSums(sums, topLeft, topRight, bottomLeft, bottomRight);
  const square = rectangleSums(squares, topLeft, topRight, bottomLeft, bottomRight);
  const first = inverses(f64x2.convert_low_i32x4_s(sum), f64x2.convert_low_i32x4_u(square));
  const second = inverses(
    f64x2.convert_low_i32x4_s(v128.shuffle<u64>(sum, sum, 1, 1)),
    f64x2.convert_low_i32x4_u(v128.shuffle<u64>(square, square, 1, 1)),
  );
  return v128.shuffle<u64>(first, second, 0, 2);
}
