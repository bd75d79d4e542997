import { argumentError, expectInteger, expectOneOf, isObject } from './argument.js';
import { expectYuvColours, type YuvMatrix, type YuvRange } from './yuv.js';

/**
 * How pixels lie in memory, rows from the top. Interleaved, a byte a channel: `gray`, `rgb`, `rgba`, `bgr`, `bgra`.
 * Cameras' own, brightness apart from colours: `yuyv` is packed 4:2:2, Y0 U Y1 V. `nv12` is semi-planar 4:2:0, all Y,
 * then U V for every 2×2 pixels (V4L2's NV12). `i420` is planar 4:2:0, all Y, all U, all V (V4L2's YU12).
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
 * Pixels, 8 bits a channel. Without `stride`, `data` holds exactly width × height × (1 gray, 1.5 nv12 and i420, 2 yuyv,
 * 3 rgb and bgr, 4 rgba and bgra) bytes.
 */
export interface Image {
  data: Uint8Array | Uint8ClampedArray;
  /** pixels; even for yuyv, nv12 and i420 */
  width: number;
  /** pixels; even for nv12 and i420 */
  height: number;
  format: PixelFormat;
  /**
   * bytes from the start of a row to that of the next, where rows are padded; default what a row's pixels take. Of nv12
   * the rows of U V have the same; of i420 it is even, and the rows of U and of V have half of it, as V4L2 defines it.
   * The planes follow each other: height × stride bytes of Y first. Bytes after the last row's pixels are not read, and
   * need not be there.
   */
  stride?: number;
  /**
   * which recommendation the colours of yuyv, nv12 and i420 follow; default `bt601`, as OpenCV takes all of them and
   * webcams send them. Video of 720 lines and more is mostly `bt709`. Cascades do not look at it: their grey is the
   * luma as it is. It is what a network sees, and what `toRgb` gives.
   */
  matrix?: YuvMatrix;
  /** of yuyv, nv12 and i420, whether luma goes from 16 to 235 or from 0 to 255, as in JPEG; default `limited` */
  range?: YuvRange;
}

/** One byte of brightness a pixel, rows from the top without padding. */
export interface GrayImage {
  data: Uint8Array;
  width: number;
  height: number;
}

const byteArrays = new Set(['[object Uint8Array]', '[object Uint8ClampedArray]']);

/** Some of the rows of an image: how many, and where they begin, in bytes. */
interface Plane {
  at: number;
  rows: number;
  /** bytes of pixels in a row, and from one row to the next */
  length: number;
  stride: number;
}

/** How an image lies in memory, plane by plane. */
function planesOf(format: PixelFormat, width: number, height: number, stride: number): Plane[] {
  if (format !== 'nv12' && format !== 'i420') {
    return [{ at: 0, rows: height, length: width * bytesPerPixel[format], stride }];
  }
  const luma = { at: 0, rows: height, length: width, stride };
  const at = height * stride;
  const rows = height / 2;
  if (format === 'nv12') return [luma, { at, rows, length: width, stride }];
  const colour = { rows, length: width / 2, stride: stride / 2 };
  return [luma, { ...colour, at }, { ...colour, at: at + rows * colour.stride }];
}

/** The rows without what lies between them. */
function pack(data: Uint8Array, planes: readonly Plane[], bytes: number): Uint8Array {
  const packed = new Uint8Array(bytes);
  let to = 0;
  for (const { at, rows, length, stride } of planes) {
    for (let row = 0; row < rows; row++, to += length) {
      const from = at + row * stride;
      packed.set(data.subarray(from, from + length), to);
    }
  }
  return packed;
}

/**
 * The image with its rows packed: of one that has no padding `data` is the caller's own.
 * @throws FACEPIPE_E_ARGUMENT unless `image` is whole: positive sizes, even where the format wants them, a known
 *   format, a stride that holds a row, and the bytes it needs: exactly those, or at least those where there is a stride
 */
export function expectImage(image: unknown): Image {
  if (!isObject(image)) throw argumentError('object with data, width, height and format', 'image', image);
  // one by one: those of ImageData and of other classes are not its own
  const given: Partial<Record<keyof Image, unknown>> = image;
  const width = expectInteger('image.width', given.width, 1);
  const height = expectInteger('image.height', given.height, 1);
  const format = expectOneOf('image.format', given.format, formats);
  const colours = expectYuvColours(given, format);
  const sizes = { width, height };
  for (const side of evenSizes[format] ?? []) {
    if (sizes[side] % 2 !== 0) throw argumentError('even integer', `image.${side} of ${format}`, sizes[side]);
  }
  const bytes = width * height * bytesPerPixel[format];
  if (given.stride === undefined)
    return { data: expectData(given.data, bytes, false, sizes, format), ...sizes, format, ...colours };
  // those of nv12 and i420 begin with a byte a pixel
  const row = width * Math.floor(bytesPerPixel[format]);
  const stride = expectInteger('image.stride', given.stride, row);
  if (format === 'i420' && stride % 2 !== 0)
    throw argumentError('even integer', 'image.stride of i420', stride);
  const planes = planesOf(format, width, height, stride);
  const needed = Math.max(
    ...planes.map((plane) => plane.at + (plane.rows - 1) * plane.stride + plane.length),
  );
  const data = expectData(given.data, needed, true, sizes, `${format}, stride ${stride}`);
  const packed = stride === row ? data.subarray(0, bytes) : pack(data, planes, bytes);
  return { data: packed, ...sizes, format, ...colours };
}

/** @throws FACEPIPE_E_ARGUMENT unless `data` has that many bytes, or at least as many */
function expectData(
  data: unknown,
  bytes: number,
  orMore: boolean,
  { width, height }: { width: number; height: number },
  what: string,
): Uint8Array {
  // by tag and not instanceof: a Buffer of another realm is as good
  if (byteArrays.has(Object.prototype.toString.call(data))) {
    const { length } = data as Uint8Array;
    if (length === bytes || (orMore && length > bytes)) return data as Uint8Array;
  }
  const count = `${orMore ? 'at least ' : ''}${bytes}`;
  throw argumentError(`Uint8Array of ${count} bytes (${width}x${height} ${what})`, 'image.data', data);
}
