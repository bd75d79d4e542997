// Where a grid of windows has its pixels: bytes from a window's first sum to the one at (x, y).

let step: i32 = 0;
let stride: i32 = 0;
let half: i32 = 0;
let tiltedAt: i32 = 0;

/**
 * Windows every `windowStep` pixels; bytes from row to row, from even to odd columns, from the sums to the tilted ones.
 */
export function setGrid(windowStep: i32, rowBytes: i32, halfBytes: i32, tiltedBytes: i32): void {
  step = windowStep;
  stride = rowBytes;
  half = halfBytes;
  tiltedAt = tiltedBytes;
}

export function offset(x: i32, y: i32, tilted: bool): i32 {
  const column = step === 1 ? x << 2 : ((x >> 1) << 2) + (x & 1) * half;
  return y * stride + column + (tilted ? tiltedAt : 0);
}
