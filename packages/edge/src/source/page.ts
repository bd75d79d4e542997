import { type FileHandle, open } from 'node:fs/promises';
import sharp from 'sharp';
import { createJpegStream } from './jpeg-stream.js';

/** Bytes looked through for a second JPEG behind the first: as many as a picture may have at 100 megapixels. */
const longestLook = 64 * 2 ** 20;
/** Bytes behind a JPEG in which the next one of a sequence begins. */
const farthestNext = 512;
/** Pages read of one file. */
const maxPages = 10_000;

/** Several pictures in one file. `left` are there, but only their first is decoded. */
export type Pages = { read: number } | { left: number };

/**
 * How many pictures an image file has. Animated WebP and TIFF of several pages are read page by page; of an animated
 * PNG or a HEIF collection only the first picture is. The reduced copies in a pyramid TIFF are no pages of their own.
 */
export async function pagesOf(path: string, format: string, pages: number): Promise<Pages> {
  if (format === 'png') return { left: (await framesOfPng(path)) - 1 };
  if (pages <= 1) return { read: 1 };
  if (format === 'webp') return { read: Math.min(pages, maxPages) };
  if (format === 'tiff')
    return (await isPyramid(path, pages)) ? { read: 1 } : { read: Math.min(pages, maxPages) };
  return { left: pages - 1 };
}

/** Every page about half of the one before: copies for zooming, as libvips and GDAL write them. */
async function isPyramid(path: string, pages: number): Promise<boolean> {
  let last: number | undefined;
  for (let page = 0; page < Math.min(pages, 32); page++) {
    const { width } = await sharp(path, { page, limitInputPixels: false, failOn: 'none' }).metadata();
    if (last !== undefined && Math.abs(width * 2 - last) > 2) return false;
    last = width;
  }
  return true;
}

/** The number in an animated PNG's acTL chunk, which comes before the pixels; 1 for a plain one. */
async function framesOfPng(path: string): Promise<number> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(16);
    for (let at = 8, chunks = 0; chunks < 1000; chunks++) {
      const { bytesRead } = await file.read(head, 0, 16, at);
      const type = head.toString('latin1', 4, 8);
      if (bytesRead < 12 || type === 'IDAT') return 1;
      if (type === 'acTL') return Math.max(1, head.readUInt32BE(8));
      at += 12 + head.readUInt32BE(0);
    }
    return 1;
  } finally {
    await file.close();
  }
}

/**
 * Whether JPEGs stand one after the other, as v4l2-ctl, mjpg-streamer and ffmpeg write MJPEG, with or without a few
 * lines of multipart header between them. A camera's file of a picture with its depth or brightness map behind it is
 * one picture: it says so in a segment of its own (CIPA DC-007, "MPF").
 */
export async function isJpegSequence(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const end = await endOfFirst(file);
    if (end === undefined) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(farthestNext), 0, farthestNext, end);
    return buffer.subarray(0, bytesRead).includes(Buffer.from([0xff, 0xd8, 0xff]));
  } finally {
    await file.close();
  }
}

/** Where the JPEG at the beginning of a file ends; undefined for none, or for one that says what follows it. */
async function endOfFirst(file: FileHandle): Promise<number | undefined> {
  const stream = createJpegStream();
  const chunk = Buffer.alloc(1 << 18);
  for (let at = 0; at < longestLook; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return undefined;
    at += bytesRead;
    const [first] = stream.push(chunk.subarray(0, bytesRead));
    if (!first) continue;
    if (!('picture' in first)) return undefined;
    const picture = Buffer.from(first.picture);
    return picture.subarray(0, 1 << 16).includes('MPF\0', 0, 'latin1') ? undefined : picture.length;
  }
  return undefined;
}
