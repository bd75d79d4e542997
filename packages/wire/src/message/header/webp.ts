import type { Size } from '../face.js';
import { readExif } from './exif.js';
import { damaged, type FileHeader, maxPieces } from './file-header.js';

/** Names of chunks as the big-endian number they are compared by. */
const names = { 'VP8 ': 0x56503820, VP8L: 0x5650384c, VP8X: 0x56503858, ANMF: 0x414e4d46, EXIF: 0x45584946 };

/** Flags of VP8X (RFC 9649, 2.7). */
const flags = { animation: 0x02, exif: 0x08 };

/**
 * The size of a simple file's picture, or an extended one's canvas, and its EXIF (RFC 9649, section 2).
 * @throws RangeError when the header is damaged or the file is cut short
 */
export function readWebp(bytes: Buffer): FileHeader {
  const riff = 8 + bytes.readUInt32LE(4);
  if (riff > bytes.length) throw damaged('it is cut short');
  const file = bytes.subarray(0, riff);
  const first = file.readUInt32BE(12);
  if (first !== names.VP8X) return frameSize(first, chunkAt(file, 12));

  const header = chunkAt(file, 12);
  const flag = header.readUInt8(0);
  const canvas = { width: 1 + header.readUIntLE(4, 3), height: 1 + header.readUIntLE(7, 3) };
  const animated = (flag & flags.animation) !== 0;
  let picture = false;
  let exif: Buffer | undefined;
  for (
    let left = maxPieces, at = 20 + header.length + (header.length & 1);
    left > 0 && at + 8 <= file.length;
    left--
  ) {
    const name = file.readUInt32BE(at);
    const length = file.readUInt32LE(at + 4);
    if (at + 8 + length > file.length) throw damaged('a chunk beyond the end');
    if (name === names['VP8 '] || name === names.VP8L) {
      const { width, height } = frameSize(name, chunkAt(file, at));
      // In an animation it would be a still picture for programs that know no animation, of any size.
      if (!animated && (width !== canvas.width || height !== canvas.height)) throw damaged('two sizes');
      picture = true;
    } else if (name === names.ANMF) {
      picture ||= animated;
    } else if (name === names.EXIF && (flag & flags.exif) !== 0) {
      exif ??= chunkAt(file, at);
    }
    if (picture && exif) break;
    at += 8 + length + (length & 1);
  }
  if (!picture) throw damaged('no picture');
  return { ...canvas, ...readExif(exif) };
}

/** The data of the chunk at `at`: name, length, data. */
function chunkAt(file: Buffer, at: number): Buffer {
  const end = at + 8 + file.readUInt32LE(at + 4);
  if (end > file.length) throw damaged('a chunk beyond the end');
  return file.subarray(at + 8, end);
}

function frameSize(name: number, data: Buffer): Size {
  if (name === names.VP8L) {
    // Signature, then 14 bits each of width and height less one, alpha and a version of 0 (RFC 9649, 3.4).
    const bits = data.readUInt32LE(1);
    if (data[0] !== 0x2f || bits >>> 29 !== 0) throw damaged('no lossless picture');
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  // A key frame's tag, its start code, then 14 bits each of width and height below 2 of scaling (RFC 6386, 9.1).
  if (name !== names['VP8 '] || ((data[0] ?? 1) & 1) !== 0 || data.readUIntBE(3, 3) !== 0x9d012a) {
    throw damaged('no key frame');
  }
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
}
