// BT.601 in the limited range, in 1/2²⁰: OpenCV's modules/imgproc/src/color_yuv.simd.hpp (ITUR_BT_601_CY and others).
const CY: i32 = 1220542;
const CUB: i32 = 2116026;
const CUG: i32 = -409993;
const CVG: i32 = -852492;
const CVR: i32 = 1673527;
const SHIFT: i32 = 20;
const HALF: i32 = 1 << 19;

function clamp(value: i32): u8 {
  return <u8>min(max(value >> SHIFT, 0), 255);
}

/**
 * A row of `width` pixels, an even number, from YUV to four bytes each: red, green, blue, 0. `luma` bytes lie from one
 * pixel to the next, `chroma` bytes from one pair to the next.
 */
export function convertRow(
  y: usize,
  u: usize,
  v: usize,
  luma: i32,
  chroma: i32,
  width: i32,
  to: usize,
): void {
  for (const end = to + ((<usize>width) << 2); to < end; u += chroma, v += chroma) {
    const blue = <i32>load<u8>(u) - 128;
    const red = <i32>load<u8>(v) - 128;
    for (let i = 0; i < 2; i++, y += luma, to += 4) {
      const light = max(<i32>load<u8>(y) - 16, 0) * CY + HALF;
      store<u8>(to, clamp(light + CVR * red));
      store<u8>(to, clamp(light + CVG * red + CUG * blue), 1);
      store<u8>(to, clamp(light + CUB * blue), 2);
    }
  }
}
