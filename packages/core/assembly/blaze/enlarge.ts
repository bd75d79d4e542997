/** Three quarters of the near one and a quarter of the far one: between pixels whose centres are half a pixel off. */
function blend(near: v128, far: v128): v128 {
  return f32x4.add(f32x4.mul(near, f32x4.splat(0.75)), f32x4.mul(far, f32x4.splat(0.25)));
}

/** The second nearest row or column of the source, for place `at` of the target. */
function farFrom(at: i32, size: i32): i32 {
  const near = at >> 1;
  return at & 1 ? min(near + 1, size - 1) : max(near - 1, 0);
}

/**
 * `other` plus the source enlarged twice, bilinear with half-pixel centres. Sizes are the source's, `pixel` is bytes.
 */
export function enlarge(from: usize, other: usize, to: usize, width: i32, height: i32, pixel: usize): void {
  const row: usize = <usize>width * pixel;
  for (let y = 0; y < 2 * height; y++) {
    const near: usize = from + <usize>(y >> 1) * row;
    const far: usize = from + <usize>farFrom(y, height) * row;
    for (let x = 0; x < 2 * width; x++) {
      let a: usize = <usize>(x >> 1) * pixel;
      let b: usize = <usize>farFrom(x, width) * pixel;
      for (const end = to + pixel; to < end; to += 16, other += 16, a += 16, b += 16) {
        const upper = blend(v128.load(near + a), v128.load(near + b));
        const lower = blend(v128.load(far + a), v128.load(far + b));
        v128.store(to, f32x4.add(v128.load(other), blend(upper, lower)));
      }
    }
  }
}
