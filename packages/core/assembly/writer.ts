// Writes words one after the other, and knows where a grid of windows has its pixels.

let to: usize = 0;
let step: i32 = 0;
let stride: i32 = 0;
let half: i32 = 0;
let tiltedAt: i32 = 0;

/** Windows every `windowStep` pixels; bytes from row to row, from even to odd columns, from the sums to the tilted ones. */
export function setGrid(windowStep: i32, rowBytes: i32, halfBytes: i32, tiltedBytes: i32): void {
  step = windowStep;
  stride = rowBytes;
  half = halfBytes;
  tiltedAt = tiltedBytes;
}

/** Bytes from a window's first sum to the one at (x, y). */
export function offset(x: i32, y: i32, tilted: bool): i32 {
  const column = step === 1 ? x << 2 : ((x >> 1) << 2) + (x & 1) * half;
  return y * stride + column + (tilted ? tiltedAt : 0);
}

export function here(): usize {
  return to;
}

export function goTo(address: usize): void {
  to = address;
}

export function int(value: i32): void {
  store<i32>(to, value);
  to += 4;
}

export function real(value: f32): void {
  store<f32>(to, value);
  to += 4;
}
