import type { Size } from '../face.js';
import { readExif } from './exif.js';
import { damaged, type FileHeader, maxPieces } from './file-header.js';

/** SOF0 to SOF3 and SOF9 to SOF11: all frames but the hierarchical ones (ITU-T T.81, table B.1). */
const frames: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc9, 0xca, 0xcb]);

/** SOF5 to SOF7, JPG and SOF13 to SOF15. */
const otherFrames: ReadonlySet<number> = new Set([0xc5, 0xc6, 0xc7, 0xc8, 0xcd, 0xce, 0xcf]);

/** `Exif` as a big-endian number: what an APP1 segment of EXIF begins with, before two bytes of 0. */
const exifName = 0x45786966;

/**
 * The segments up to the first scan (ITU-T T.81, annex B): the frame's size and the first EXIF of an APP1, which need
 * not come first. Fill bytes and what else stands between segments are passed over, as decoders do.
 * @throws RangeError when the header is damaged
 */
export function readJpeg(bytes: Buffer): FileHeader {
  let size: Size | undefined;
  let exif: Buffer | undefined;
  for (let left = maxPieces, at = 2; left > 0; left--) {
    if (bytes[at] !== 0xff) at = bytes.indexOf(0xff, at);
    if (at < 0) break;
    const code = bytes.readUInt8(at + 1);
    if (code === 0xff) {
      at += 1;
      continue;
    }
    // No marker, TEM, and restarts, which stand alone.
    if (code <= 1 || (code >= 0xd0 && code <= 0xd7)) {
      at += 2;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    const end = at + 2 + length;
    // SOI and EOI have no length, and no place here.
    if (code < 0xc0 || code === 0xd8 || code === 0xd9 || otherFrames.has(code))
      throw damaged('a wrong marker');
    if (length < 2 || end > bytes.length) throw damaged('a wrong length');
    if (code === 0xda) {
      if (!size) break;
      return { ...size, ...readExif(exif) };
    }
    if (frames.has(code)) {
      if (size) throw damaged('two frames');
      size = sizeOf(bytes.subarray(at + 4, end));
    } else if (code === 0xe1 && !exif && length > 8 && bytes.readUInt32BE(at + 4) === exifName) {
      exif = bytes.subarray(at + 4, end);
    }
    at = end;
  }
  throw damaged('no picture');
}

/** Of a frame's header: precision, lines, samples a line, and three bytes for each component. */
function sizeOf(frame: Buffer): Size {
  const components = frame.readUInt8(5);
  const precision = frame.readUInt8(0);
  if (components > 4 || frame.length !== 6 + 3 * components || precision < 2 || precision > 16) {
    throw damaged('no such kind of pixels');
  }
  return { width: frame.readUInt16BE(3), height: frame.readUInt16BE(1) };
}
