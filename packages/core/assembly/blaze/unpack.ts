/**
 * Widens `count` half floats, a multiple of eight. Scaling by 2¹¹² moves the exponent, and makes denormals right; what
 * would be infinite or no number is finite, so that damaged weights cannot bring either in.
 */
export function unpack(from: usize, to: usize, count: i32): void {
  const scale = f32x4.splat(reinterpret<f32>((127 + 112) << 23));
  const sign = i32x4.splat(0x8000);
  const rest = i32x4.splat(0x7fff);
  for (const end = to + ((<usize>count) << 2); to < end; to += 16, from += 8) {
    const half = v128.load_ext<u16>(from);
    const magnitude = f32x4.mul(i32x4.shl(v128.and(half, rest), 13), scale);
    v128.store(to, v128.or(magnitude, i32x4.shl(v128.and(half, sign), 16)));
  }
}
