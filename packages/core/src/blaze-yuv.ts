import type { BlazeKernel } from './blaze-module.js';
import type { Image, PixelFormat } from './image.js';

/** Formats whose pixels share their colours in pairs. */
export const isYuv = (format: PixelFormat): boolean =>
  format === 'yuyv' || format === 'nv12' || format === 'i420';

/**
 * Puts a part of a row into the kernel's memory, from `start` to `end`, both even, as red, green, blue and nothing.
 * @param pixels where the bytes of the image go; @param to where the colours go
 */
export function convertYuvRow(
  kernel: BlazeKernel,
  { data, width, height, format }: Image,
  { y, start, end }: { y: number; start: number; end: number },
  { pixels, to }: { pixels: number; to: number },
): void {
  const memory = new Uint8Array(kernel.memory.buffer);
  const count = end - start;
  const put = (from: number, bytes: number, at: number) => memory.set(data.subarray(from, from + bytes), at);
  if (format === 'yuyv') {
    put((y * width + start) * 2, count * 2, pixels);
    kernel.convertRow(pixels, pixels + 1, pixels + 3, 2, 4, count, to);
    return;
  }
  put(y * width + start, count, pixels);
  const chroma = pixels + count;
  if (format === 'nv12') {
    put(width * height + (y >> 1) * width + start, count, chroma);
    kernel.convertRow(pixels, chroma, chroma + 1, 1, 2, count, to);
    return;
  }
  const half = count >> 1;
  const u = width * height + (y >> 1) * (width >> 1) + (start >> 1);
  put(u, half, chroma);
  put(u + ((width * height) >> 2), half, chroma + half);
  kernel.convertRow(pixels, chroma, chroma + half, 1, 1, count, to);
}
