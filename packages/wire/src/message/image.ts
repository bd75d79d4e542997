import { expectArgument, expectMembers } from '@facepipe/service';
import type sharp from 'sharp';
import { wireError } from '../errors.js';
import type { FaceFacts, Size } from './face.js';
import { factsFromDescription, factsToDescription } from './facts.js';
import { readPicture } from './header/read.js';
import { sniff } from './raster.js';

let loaded: Promise<typeof sharp> | undefined;

/** Loaded with the first picture that is encoded: who only passes messages on does without libvips. */
function loadSharp(): Promise<typeof sharp> {
  loaded ??= import('sharp').then(({ default: made }) => {
    // a long-running process grows with libvips' cache on glibc (lovell/sharp#2607), and faces are too small for
    // threads
    made.cache(false);
    made.concurrency(1);
    return made;
  });
  return loaded;
}

export type ImageFormat = 'png' | 'jpeg' | 'webp';

/** Decoded pixels: interleaved, row after row, 8 bits a channel; 1 channel is grey, 3 RGB, 4 RGB with alpha. */
export interface Pixels extends Size {
  data: Uint8Array;
  channels: 1 | 3 | 4;
}

/** What an image file's header tells. Width and height are those of the upright picture. */
export interface ImageInfo extends Size {
  /** `png`, `jpeg`, `webp`, `gif`, `tiff`, `avif` or `heic`. */
  format: string;
  contentType: string;
  /** Without the dot: `png`, `jpg`, `webp`, … */
  extension: string;
  /** The metadata facepipe wrote into the file; undefined in a foreign one. */
  facts?: FaceFacts;
}

/** Header of an image with its description (EXIF 0x010E), as written. */
export interface ImageHeader extends Omit<ImageInfo, 'facts'> {
  description?: string;
}

/**
 * Encodes pixels as an image file that carries the metadata in its EXIF description.
 * @param options `format` png (default), jpeg or webp; `quality` 1 to 100 for jpeg and webp (default 90)
 * @throws FACEPIPE_E_FACTS_INVALID, FACEPIPE_E_IMAGE_ENCODE
 */
export async function encodeImage(
  pixels: Pixels,
  facts: FaceFacts,
  options: { format?: ImageFormat; quality?: number } = {},
): Promise<Buffer> {
  const size = { width: 'number', height: 'number', channels: 'number' } as const;
  expectMembers('pixels', pixels, { data: 'bytes', ...size });
  expectMembers('options', options, { format: 'text?', quality: 'number?' });
  const { data, width, height, channels } = pixels;
  const { format = 'png', quality = 90 } = options;
  const fail = (reason: string, cause?: unknown) =>
    wireError('FACEPIPE_E_IMAGE_ENCODE', { width, height, format, reason }, cause);
  const ImageDescription = factsToDescription(facts);
  const expected = width * height * channels;
  if (data.length !== expected)
    throw fail(`expected ${expected} bytes of pixels but received ${data.length}`);
  try {
    const encoder = await loadSharp();
    const picture = encoder(data, { raw: { width, height, channels }, limitInputPixels: false });
    // Without this a grey picture would be stored as three equal channels.
    if (channels === 1) picture.toColourspace('b-w');
    return await picture
      .withExif({ IFD0: { ImageDescription } })
      .toFormat(format, format === 'png' ? {} : { quality })
      .toBuffer();
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * Reads an image file's header and metadata without decoding its pixels, so a huge picture costs nothing.
 * @throws FACEPIPE_E_NOT_AN_IMAGE; FACEPIPE_E_FACTS_INVALID when facepipe's own description is damaged
 */
export async function inspectImage(payload: Uint8Array): Promise<ImageInfo> {
  const { description, ...info } = await readHeader(payload);
  const facts = factsFromDescription(description);
  return facts ? { ...info, facts } : info;
}

/**
 * What an image file's header says, read within fixed bounds whatever the file declares.
 * @throws FACEPIPE_E_NOT_AN_IMAGE
 */
export async function readHeader(payload: Uint8Array): Promise<ImageHeader> {
  expectArgument('payload', payload, 'bytes');
  const notAnImage = (reason: string, cause?: unknown) =>
    wireError('FACEPIPE_E_NOT_AN_IMAGE', { size: payload.length, reason }, cause);
  if (payload.length === 0) throw notAnImage('it is empty');
  const kind = sniff(payload);
  if (!kind) throw notAnImage('it does not start like one');
  try {
    return { ...kind, ...readPicture(payload, kind.format) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw notAnImage(`its ${kind.format} header is damaged`, error);
  }
}
