import { damaged, type FileHeader, maxPieces } from './file-header.js';

/**
 * The logical screen, made as large as the first picture needs, as browsers and libnsgif do (GIF89a, sections 18 to
 * 24). A GIF has no EXIF.
 * @throws RangeError when the header is damaged
 */
export function readGif(bytes: Buffer): FileHeader {
  let left = maxPieces;
  let at = 13 + colourTable(bytes.readUInt8(10));
  // Extensions: introducer, label, and sub-blocks up to an empty one.
  while (bytes.readUInt8(at) === 0x21) {
    at += 2;
    for (let length = -1; length !== 0; at += 1 + length) {
      length = bytes.readUInt8(at);
      if (--left < 0) throw damaged('extensions without end');
    }
  }
  if (bytes.readUInt8(at) !== 0x2c) throw damaged('no picture');
  const pixels = at + 10 + colourTable(bytes.readUInt8(at + 9));
  const codeSize = bytes.readUInt8(pixels);
  if (codeSize < 1 || codeSize > 11 || bytes.readUInt8(pixels + 1) === 0) throw damaged('no pixels');
  const side = (screen: number, offset: number, length: number) =>
    Math.max(bytes.readUInt16LE(screen), bytes.readUInt16LE(offset) + bytes.readUInt16LE(length));
  return { width: side(6, at + 1, at + 5), height: side(8, at + 3, at + 7) };
}

/** Bytes of the colour table that the packed flags announce. */
function colourTable(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}
