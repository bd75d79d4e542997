import type { Box } from '@facepipe/wire';
import type { Frame } from '../source/source.js';

/** Where the three numbers of a pixel lie in `data`. */
type Locate = (x: number, y: number) => readonly [y: number, u: number, v: number];

function planesOf({ width, height, format }: Frame): Locate {
  const luma = width * height;
  const half = width >> 1;
  const chroma = luma >> 2;
  switch (format) {
    case 'yuyv':
      return (x, y) => {
        const row = y * width * 2;
        const pair = row + (x >> 1) * 4;
        return [row + x * 2, pair + 1, pair + 3];
      };
    case 'nv12':
      return (x, y) => {
        const u = luma + (y >> 1) * width + (x >> 1) * 2;
        return [y * width + x, u, u + 1];
      };
    default:
      return (x, y) => {
        const u = luma + (y >> 1) * half + (x >> 1);
        return [y * width + x, u, u + chroma];
      };
  }
}

/** BT.601 in the limited range, in 1/2^20: OpenCV's modules/imgproc/src/color_yuv.simd.hpp (ITUR_BT_601_…). */
const [cy, cub, cug, cvg, cvr] = [1_220_542, 2_116_026, -409_993, -852_492, 1_673_527];
const shift = 20;
const rounding = 1 << (shift - 1);

/** The RGB pixels of one box of a camera's YUV frame, number for number as OpenCV's cvtColor (YUV2RGB_YUY2, _NV12, _I420). */
export function rgbOf(frame: Frame, box: Box): Uint8ClampedArray {
  const { data } = frame;
  const at = planesOf(frame);
  const rgb = new Uint8ClampedArray(box.width * box.height * 3);
  let to = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const [luma, first, second] = at(x, y);
      const light = Math.max(0, (data[luma] ?? 0) - 16) * cy + rounding;
      const u = (data[first] ?? 0) - 128;
      const v = (data[second] ?? 0) - 128;
      rgb[to++] = (light + cvr * v) >> shift;
      rgb[to++] = (light + cvg * v + cug * u) >> shift;
      rgb[to++] = (light + cub * u) >> shift;
    }
  }
  return rgb;
}
