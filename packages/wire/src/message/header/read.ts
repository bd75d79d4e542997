import type { Size } from '../face.js';
import { type FileHeader, uprightSize } from './file-header.js';
import { readGif } from './gif.js';
import { readHeif } from './heif.js';
import { readJpeg } from './jpeg.js';
import { readPng } from './png.js';
import { readTiff } from './tiff.js';
import { readWebp } from './webp.js';

const readers: Record<string, ((file: Buffer) => FileHeader) | undefined> = {
  png: readPng,
  jpeg: readJpeg,
  webp: readWebp,
  gif: readGif,
  tiff: readTiff,
  avif: readHeif,
  heic: readHeif,
};

/**
 * The upright size and the description of a picture, from the bytes of its header alone: nothing is decompressed, no
 * offset is followed twice, nothing is allocated by a size that the file declares, and every loop has a bound.
 * @param format as `sniff` names it
 * @throws RangeError when the header is damaged
 */
export function readPicture(payload: Uint8Array, format: string): Size & Pick<FileHeader, 'description'> {
  const file = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const picture = readers[format]?.(file);
  if (!picture) throw new TypeError(`no reader of ${format}`);
  const { description } = picture;
  return { ...uprightSize(picture), ...(description === undefined ? {} : { description }) };
}
