// The contrast of a window, less one pixel on each side, as float32(1 / √(area·Σ² − (Σ)²)).
import { frame, HALF, STEP, STRIDE, WINDOW_HEIGHT, WINDOW_WIDTH } from './frame';

/** 0 when OpenCV does not look at the window because it is too flat. */
export function normalFactor(sums: usize, squares: usize): f32 {
  const width = frame(WINDOW_WIDTH);
  const height = frame(WINDOW_HEIGHT);
  const stride = frame(STRIDE);
  const a: usize = offset(1) + stride;
  const b: usize = offset(width - 1) + stride;
  const below: usize = (height - 2) * stride;
  const sum =
    load<i32>(sums + a) - load<i32>(sums + b) - load<i32>(sums + a + below) + load<i32>(sums + b + below);
  const square: u32 =
    load<u32>(squares + a) -
    load<u32>(squares + b) -
    load<u32>(squares + a + below) +
    load<u32>(squares + b + below);
  const area = <f64>((width - 2) * (height - 2));
  const contrast = area * <f64>square - <f64>sum * <f64>sum;
  if (!(contrast > 0)) return 0;
  const factor = <f32>(1.0 / Math.sqrt(contrast));
  return area * <f64>factor < 0.1 ? factor : 0;
}

// @ts-expect-error: decorator
function offset(x: i32): i32 {
  return frame(STEP) === 1 ? x << 2 : ((x >> 1) << 2) + (x & 1) * frame(HALF);
}
