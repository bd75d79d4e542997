import type { BlazeKernel } from './blaze-module.js';
import { bytesPerPixel, type Image } from './image.js';
import { toRgb } from './rgb.js';
import { isOpenCv } from './yuv.js';

/** Columns of an image, in whole pairs: pairs share their colours in the formats of cameras. */
export interface Columns {
  start: number;
  end: number;
}

/** Reads rows of an image into the kernel's memory. */
export interface RowReader {
  /** bytes of a pixel where `read` has put them: YUV has become red, green, blue and nothing */
  readonly bytes: number;
  /** Brings the columns of one row into the kernel's memory, and returns where they are. */
  read(y: number): number;
}

/** Bytes that a reader needs from the address that it is given; three may be read after a row. */
export const rowBytes = ({ start, end }: Columns): number => 8 * (end - start + 2);

/** `at` is a multiple of 4. */
export function rowReader(kernel: BlazeKernel, image: Image, { start, end }: Columns, at: number): RowReader {
  const { data, width, height, format } = image;
  const memory = new Uint8Array(kernel.memory.buffer);
  const count = end - start;
  const pixels = width * height;
  const converted = at + 4 * (count + 2);
  const copy = (from: number, length: number, to: number) =>
    memory.set(data.subarray(from, from + length), to);
  const convert = (u: number, v: number, luma: number, chroma: number): number => {
    kernel.convertRow(at, u, v, luma, chroma, count, converted);
    return converted;
  };
  // the kernel knows BT.601 in the limited range alone
  if (!isOpenCv(image)) {
    return {
      bytes: 3,
      read(y) {
        memory.set(toRgb(image, { x: start, y, width: count, height: 1 }).data, at);
        return at;
      },
    };
  }
  switch (format) {
    case 'yuyv':
      return {
        bytes: 4,
        read(y) {
          copy(2 * (y * width + start), 2 * count, at);
          return convert(at + 1, at + 3, 2, 4);
        },
      };
    case 'nv12':
      return {
        bytes: 4,
        read(y) {
          copy(y * width + start, count, at);
          copy(pixels + (y >> 1) * width + start, count, at + count);
          return convert(at + count, at + count + 1, 1, 2);
        },
      };
    case 'i420': {
      const half = count >> 1;
      return {
        bytes: 4,
        read(y) {
          const colours = pixels + ((y >> 1) * width + start) / 2;
          copy(y * width + start, count, at);
          copy(colours, half, at + count);
          copy(colours + pixels / 4, half, at + count + half);
          return convert(at + count, at + count + half, 1, 1);
        },
      };
    }
    default: {
      const bytes = bytesPerPixel[format];
      return {
        bytes,
        read(y) {
          copy((y * width + start) * bytes, count * bytes, at);
          return at;
        },
      };
    }
  }
}
