import { type Box, expectBox } from './box.js';
import { bytesPerPixel, expectImage, type Image, type PixelFormat } from './image.js';
import { shift, yuvWeights } from './yuv.js';

/** Red, green and blue of every pixel, a byte each, rows from the top without padding. */
export interface RgbImage {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Where red, green and blue of a pixel lie in formats that have them; in grey they are one. */
const channels = {
  gray: [0, 0, 0],
  rgb: [0, 1, 2],
  rgba: [0, 1, 2],
  bgr: [2, 1, 0],
  bgra: [2, 1, 0],
} as const satisfies Partial<Record<PixelFormat, readonly [number, number, number]>>;

type PackedFormat = keyof typeof channels;

const isPacked = (format: PixelFormat): format is PackedFormat => format in channels;

/** Puts the box's pixels into `rgb`, which has them in the same order. */
function copyRows({ data, width }: Image, box: Box, rgb: Uint8ClampedArray): void {
  for (let row = 0; row < box.height; row++) {
    const from = 3 * ((box.y + row) * width + box.x);
    rgb.set(data.subarray(from, from + 3 * box.width), 3 * row * box.width);
  }
}

/** Puts the box's pixels into `rgb`. */
function copyPacked(image: Image, format: PackedFormat, box: Box, rgb: Uint8ClampedArray): void {
  const { data, width } = image;
  const step = bytesPerPixel[format];
  const [red, green, blue] = channels[format];
  let to = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    let from = (y * width + box.x) * step;
    for (let x = 0; x < box.width; x++, from += step) {
      rgb[to++] = data[from + red] ?? 0;
      rgb[to++] = data[from + green] ?? 0;
      rgb[to++] = data[from + blue] ?? 0;
    }
  }
}

/** Where a row's luma and its two colours begin, and how far it is from one to the next. */
interface YuvRow {
  luma: number;
  u: number;
  v: number;
  lumaStep: number;
  colourStep: number;
}

function yuvRow({ width, height, format }: Image, y: number): YuvRow {
  if (format === 'yuyv') {
    const row = 2 * y * width;
    return { luma: row, u: row + 1, v: row + 3, lumaStep: 2, colourStep: 4 };
  }
  const pixels = width * height;
  const luma = y * width;
  if (format === 'nv12') {
    const u = pixels + (y >> 1) * width;
    return { luma, u, v: u + 1, lumaStep: 1, colourStep: 2 };
  }
  const u = pixels + (y >> 1) * (width >> 1);
  return { luma, u, v: u + (pixels >> 2), lumaStep: 1, colourStep: 1 };
}

const half = 1 << (shift - 1);

/** Puts the box's pixels into `rgb`, which clamps them. */
function convertYuv(image: Image, box: Box, rgb: Uint8ClampedArray): void {
  const { data } = image;
  const { black, y: cy, ub, ug, vg, vr } = yuvWeights(image);
  let to = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    const { luma, u: firstU, v: firstV, lumaStep, colourStep } = yuvRow(image, y);
    for (let x = box.x; x < box.x + box.width; x++) {
      const light = Math.max(0, (data[luma + x * lumaStep] ?? 0) - black) * cy + half;
      const colour = (x >> 1) * colourStep;
      const u = (data[firstU + colour] ?? 0) - 128;
      const v = (data[firstV + colour] ?? 0) - 128;
      rgb[to++] = (light + vr * v) >> shift;
      rgb[to++] = (light + vg * v + ug * u) >> shift;
      rgb[to++] = (light + ub * u) >> shift;
    }
  }
}

/**
 * The image, or one box of it, in colour: a copy. Grey becomes three times the same, and alpha is dropped. Of yuyv,
 * nv12 and i420 it is number for number what OpenCV's cvtColor makes: YUV2RGB_YUY2, YUV2RGB_NV12, YUV2RGB_I420. Those
 * are BT.601 in the limited range; an image may have another `matrix` or `range`.
 * @param box default the whole image; what lies outside of it is not read
 * @throws FACEPIPE_E_ARGUMENT when the image's sizes, format and data do not fit together, or the box does not lie in
 *   it
 */
export function toRgb(image: Image, box?: Box): RgbImage {
  const whole = expectImage(image);
  const part = box === undefined ? { ...whole, x: 0, y: 0 } : expectBox(box, whole);
  const { width, height } = part;
  const rgb = new Uint8ClampedArray(width * height * 3);
  // as every frame of a file and of a stream is, each of whose faces is cut out
  if (whole.format === 'rgb') copyRows(whole, part, rgb);
  else if (isPacked(whole.format)) copyPacked(whole, whole.format, part, rgb);
  else convertYuv(whole, part, rgb);
  return { data: new Uint8Array(rgb.buffer), width, height };
}
