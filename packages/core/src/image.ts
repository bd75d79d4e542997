import { argumentError, expectInteger, expectOneOf, isObject } from './argument.js';

/**
 * How pixels lie in memory, rows from the top without padding. Interleaved, a byte a channel: `gray`, `rgb`, `rgba`,
 * `bgr`, `bgra`. Cameras' own, in the limited range of BT.601: `yuyv` is packed 4:2:2, Y0 U Y1 V; `nv12` is semi-planar
 * 4:2:0, all Y, then U V for every 2×2 pixels (V4L2's NV12); `i420` is planar 4:2:0, all Y, all U, all V (V4L2's YU12).
 */
export type PixelFormat = 'gray' | 'rgb' | 'rgba' | 'bgr' | 'bgra' | 'yuyv' | 'nv12' | 'i420';

/** Bytes a pixel takes in each format, on average. */
export const bytesPerPixel: Readonly<Record<PixelFormat, number>> = {
  gray: 1,
  rgb: 3,
  rgba: 4,
  bgr: 3,
  bgra: 4,
  yuyv: 2,
  nv12: 1.5,
  i420: 1.5,
};

/** The sizes of which a colour covers two pixels. */
export const evenSizes: Readonly<Partial<Record<PixelFormat, readonly ('width' | 'height')[]>>> = {
  yuyv: ['width'],
  nv12: ['width', 'height'],
  i420: ['width', 'height'],
};

const formats = Object.keys(bytesPerPixel) as PixelFormat[];

/**
 * Pixels, 8 bits a channel. `data` holds exactly width × height × (1 gray, 1.5 nv12 and i420, 2 yuyv, 3 rgb and bgr, 4
 * rgba and bgra) bytes.
 */
export interface Image {
  data: Uint8Array | Uint8ClampedArray;
  /** pixels; even for yuyv, nv12 and i420 */
  width: number;
  /** pixels; even for nv12 and i420 */
  height: number;
  format: PixelFormat;
}

/** One byte of brightness a pixel, rows from the top without padding. */
export interface GrayImage {
  data: Uint8Array;
  width: number;
  height: number;
}

const byteArrays = new Set(['[object Uint8Array]', '[object Uint8ClampedArray]']);

/**
 * @throws FACEPIPE_E_ARGUMENT unless `image` is whole: positive sizes, even where the format wants them, a known format
 *   and exactly the bytes it needs
 */
export function expectImage(image: unknown): Image {
  if (!isObject(image)) throw argumentError('object with data, width, height and format', 'image', image);
  // one by one: those of ImageData and of other classes are not its own
  const given: Partial<Record<keyof Image, unknown>> = image;
  const { data } = given;
  const width = expectInteger('image.width', given.width, 1);
  const height = expectInteger('image.height', given.height, 1);
  const format = expectOneOf('image.format', given.format, formats);
  const sizes = { width, height };
  for (const side of evenSizes[format] ?? []) {
    if (sizes[side] % 2 !== 0) throw argumentError('even integer', `image.${side} of ${format}`, sizes[side]);
  }
  const bytes = width * height * bytesPerPixel[format];
  // by tag and not instanceof: a Buffer of another realm is as good
  if (!byteArrays.has(Object.prototype.toString.call(data)) || (data as Uint8Array).length !== bytes) {
    throw argumentError(`Uint8Array of ${bytes} bytes (${width}x${height} ${format})`, 'image.data', data);
  }
  return { data: data as Uint8Array | Uint8ClampedArray, width, height, format };
}
