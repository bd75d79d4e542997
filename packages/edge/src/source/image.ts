import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { expectArgument, expectMembers } from '@facepipe/service';
import type { Size } from '@facepipe/wire';
import sharp from 'sharp';
import { sourceError } from './source-error.js';

// Every picture is decoded once and the detector wants the other core
sharp.cache(false);
sharp.concurrency(1);

/** Pixels above which nothing is decoded: 300 MB as RGB, four times what today's cameras deliver. */
export const maxPixels = 100_000_000;

/** The same for a camera's picture: 8K. A file is chosen by hand, and a camera may send what it likes. */
export const maxCameraPixels = 36_000_000;

/** Raster formats only: SVG is text and PDF a program. */
const formats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);

/** Interleaved and row-major; `data.length` is width × height × (1 for gray, 3 for rgb). */
export interface DecodedImage {
  data: Uint8Array;
  width: number;
  height: number;
  format: 'gray' | 'rgb';
}

/** How a picture is to be decoded. */
export interface DecodeOptions {
  /** What to call it in errors; default the path. */
  name?: string;
  /** Of an animation or of a file of several pictures, from 0. Default 0. */
  page?: number;
  /** Pixels above which nothing is decoded. Default `maxPixels`. */
  limit?: number;
  /** Pixels to scale it to; one of the two alone keeps the proportions. */
  width?: number;
  height?: number;
}

/** A small picture of a picture of this size. */
export interface Preview extends DecodedImage {
  whole: Size;
}

/** What a file's header says. */
export interface ImageFileInfo {
  format: string;
  width: number;
  height: number;
  /** The sides once it is upright. */
  upright: Size;
  grey: boolean;
  /** More than 1 for an animation. */
  pages: number;
}

/**
 * Reads the header only, whatever the extension says; `undefined` when it is not an image of a format that is decoded.
 * @throws FACEPIPE_E_IMAGE_CORRUPT when it begins as an image and the header is broken, FACEPIPE_E_IMAGE_HEVC
 */
export async function readImageHeader(
  input: Uint8Array | string,
  name = nameOf(input),
): Promise<ImageFileInfo | undefined> {
  try {
    const found = await sharp(await located(input), { limitInputPixels: false, failOn: 'none' }).metadata();
    if (!formats.has(found.format)) return undefined;
    const grey = found.space === 'b-w' || found.space === 'grey16';
    const { format, width, height, pages = 1, autoOrient: upright } = found;
    return { format, width, height, upright, grey, pages };
  } catch (error) {
    if (await isHevc(input)) throw sourceError('FACEPIPE_E_IMAGE_HEVC', { source: name }, error);
    if (/unsupported image format/.test(firstLine(error))) return undefined;
    throw sourceError('FACEPIPE_E_IMAGE_CORRUPT', { source: name, reason: firstLine(error) }, error);
  }
}

/** Whether a file says at its beginning that HEVC is in it (ISO/IEC 23008-12); AVIF says av01's brand there. */
async function isHevc(input: Uint8Array | string): Promise<boolean> {
  const bytes = typeof input === 'string' ? await readHead(input) : input;
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  return /^....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)/s.test(text) && !text.includes('avi');
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    if (!(await file.stat()).isFile()) return new Uint8Array();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Decodes an image as OpenCV's `imread(IMREAD_COLOR)` does, bit for bit except for CMYK (alpha dropped, 16 bits reduced
 * to 8, colour profiles ignored), only that a grey picture stays grey. Turned upright by its EXIF orientation.
 * @param input a path or the file's bytes
 * @throws FACEPIPE_E_SOURCE_NOT_AN_IMAGE, FACEPIPE_E_IMAGE_TOO_LARGE (before decoding), FACEPIPE_E_IMAGE_CORRUPT,
 *   FACEPIPE_E_IMAGE_HEVC
 */
export async function decodeImage(
  input: Uint8Array | string,
  how: DecodeOptions = {},
): Promise<DecodedImage> {
  const { picture } = await decodeAs(input, how, () => how);
  return picture;
}

/** A JPEG is decoded at a quarter of its sides and halved: most of the work is never done. */
const previewScale = 8;

/**
 * A picture made an eighth as wide and as high, rounded down, for a fraction of the work where it is a JPEG. Upright
 * as well.
 * @throws as `decodeImage`
 */
export async function decodePreview(
  input: Uint8Array,
  how: Pick<DecodeOptions, 'name' | 'limit'> = {},
): Promise<Preview> {
  const { picture, header } = await decodeAs(input, how, ({ upright }) => ({
    width: Math.max(1, Math.floor(upright.width / previewScale)),
    height: Math.max(1, Math.floor(upright.height / previewScale)),
  }));
  return { ...picture, whole: header.upright };
}

async function decodeAs(
  input: Uint8Array | string,
  how: DecodeOptions,
  sidesOf: (header: ImageFileInfo) => Sides,
): Promise<{ picture: DecodedImage; header: ImageFileInfo }> {
  if (typeof input !== 'string') expectArgument('input', input, 'bytes');
  else if (!existsSync(input))
    throw sourceError('FACEPIPE_E_SOURCE_NOT_FOUND', { source: how?.name ?? input });
  expectMembers('options', how, { name: 'text?', page: 'number?', limit: 'number?' });
  expectMembers('options', how, { width: 'number?', height: 'number?' });
  const { name = nameOf(input), page = 0, limit = maxPixels } = how;
  const header = await readImageHeader(input, name);
  if (!header) throw notAnImage(name);
  checkPixels(name, header.width, header.height, limit);
  const { width, height } = sidesOf(header);
  const options = { width, height, page, grey: header.grey };
  try {
    return { picture: await decode(await located(input), { ...options, failOn: 'error' }), header };
  } catch (error) {
    const whole = header.format === 'jpeg' && /premature end of JPEG/.test(firstLine(error));
    const picture = whole && (await decodeUnended(input, options));
    if (picture) return { picture, header };
    if (await isHevc(input)) throw sourceError('FACEPIPE_E_IMAGE_HEVC', { source: name }, error);
    throw sourceError('FACEPIPE_E_IMAGE_CORRUPT', { source: name, reason: firstLine(error) }, error);
  }
}

/**
 * A JPEG of which only the end marker is missing, as many webcams send it; undefined when more of it is. With the
 * marker put back libjpeg warns of every other byte that is not there.
 */
async function decodeUnended(
  input: Uint8Array | string,
  options: Decoding,
): Promise<DecodedImage | undefined> {
  const bytes = typeof input === 'string' ? await readFile(input) : input;
  const ended = Buffer.concat([bytes, Buffer.from([0xff, 0xd9])]);
  return decode(ended, { ...options, failOn: 'warning' }).catch(() => undefined);
}

/** What it is scaled to. */
interface Sides {
  width?: number | undefined;
  height?: number | undefined;
}

interface Decoding extends Sides {
  page: number;
  grey: boolean;
}

async function decode(
  input: Uint8Array | string,
  { page, grey, failOn, width, height }: Decoding & { failOn: 'error' | 'warning' },
): Promise<DecodedImage> {
  const options = { ...(page > 0 && { page }), limitInputPixels: maxPixels, failOn, ignoreIcc: true };
  const picture = sharp(input, options).autoOrient();
  if (width !== undefined || height !== undefined)
    picture.resize({
      fit: 'fill',
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
    });
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace(grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, format: info.channels === 1 ? 'gray' : 'rgb' };
}

/** @throws FACEPIPE_E_IMAGE_TOO_LARGE above `limit` */
export function checkPixels(name: string, width: number, height: number, limit = maxPixels): void {
  if (width * height > limit) {
    throw sourceError('FACEPIPE_E_IMAGE_TOO_LARGE', { source: name, width, height, limit: limit / 1e6 });
  }
}

export function notAnImage(name: string) {
  const reason = 'its content is not a whole JPEG, PNG, WebP, GIF, TIFF or AVIF';
  return sourceError('FACEPIPE_E_SOURCE_NOT_AN_IMAGE', { source: name, reason });
}

function nameOf(input: Uint8Array | string): string {
  return typeof input === 'string' ? input : 'The picture';
}

/** libvips takes a trailing `[…]` of a path for options, so such a file is handed over as bytes. */
async function located(input: Uint8Array | string): Promise<Uint8Array | string> {
  return typeof input === 'string' && input.endsWith(']') ? readFile(input) : input;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').replace(/[.\s]+$/, '') || 'it could not be decoded';
}
