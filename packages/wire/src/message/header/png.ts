import { readExif } from './exif.js';
import { damaged, type FileHeader, maxPieces } from './file-header.js';

/** Bit depths by colour type (ISO/IEC 15948, table 11.1). */
const depths: Record<number, readonly number[] | undefined> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Names of chunks as the big-endian number they are compared by. */
const names = { IHDR: 0x49484452, PLTE: 0x504c5445, IDAT: 0x49444154, IEND: 0x49454e44, eXIf: 0x65584966 };

/** The bit of a name that is clear in chunks without which the picture cannot be shown (ISO/IEC 15948, 5.4). */
const ancillary = 0x20000000;

/**
 * IHDR and the first `eXIf` chunk, before or after the pixels. Text chunks are passed over, those too in which old
 * software keeps EXIF as `Raw profile type exif`: most of them are compressed.
 * @throws RangeError when the header is damaged
 */
export function readPng(bytes: Buffer): FileHeader {
  if (bytes.readUInt32BE(8) !== 13 || bytes.readUInt32BE(12) !== names.IHDR) throw damaged('no IHDR');
  const size = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  const [depth = 0, colour = 0, compression, filter, interlace = 2] = bytes.subarray(24, 29);
  if (!depths[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw damaged('no such kind of pixels');
  }
  let pixels = false;
  let exif: Buffer | undefined;
  for (let left = maxPieces, at = 33; left > 0 && !(pixels && exif); left--) {
    // A file that is cut short in its pixels has a whole header.
    if (pixels && at + 8 > bytes.length) break;
    const length = bytes.readUInt32BE(at);
    const name = bytes.readUInt32BE(at + 4);
    const end = at + 8 + length;
    if (name === names.IDAT) pixels = true;
    else if (name === names.IEND || end + 4 > bytes.length) break;
    else if (name === names.eXIf) exif ??= bytes.subarray(at + 8, end);
    else if (!pixels && (name & ancillary) === 0 && name !== names.PLTE) throw damaged('an unknown chunk');
    at = end + 4;
  }
  if (!pixels) throw damaged('no pixels');
  return { ...size, ...readExif(exif) };
}
