import type { Size } from '../face.js';
import { type Box, boxes, pick } from './box.js';
import { readExif } from './exif.js';
import { damaged, type FileHeader } from './file-header.js';
import { exifItem, type Items, locate, propertiesOf } from './item.js';

/**
 * AVIF and HEIC (ISO/IEC 23008-12): the primary item's `ispe`, cropped by `clap` and turned by `irot`, and the
 * description of its EXIF. The orientation there only repeats `irot` and `imir`, and is passed over.
 * @throws RangeError when the header is damaged or the picture is beyond the end
 */
export function readHeif(file: Buffer): FileHeader {
  const meta = first(file, 0, file.length, 'meta');
  // A full box: version and flags come first.
  const items: Items = { file, parts: pick(file, meta.start + 4, meta.end) };
  const pitm = items.parts.get('pitm');
  if (!pitm) throw damaged('no primary item');
  const primary =
    file.readUInt8(pitm.start) === 0 ? file.readUInt16BE(pitm.start + 4) : file.readUInt32BE(pitm.start + 4);
  if (!locate(items, primary)) throw damaged('no picture');

  let size: Size | undefined;
  for (const property of propertiesOf(items, primary)) size = applied(file, property, size);
  if (!size) throw damaged('no size');
  const { description } = readExif(exifOf(items, primary));
  return { ...size, ...(description === undefined ? {} : { description }) };
}

function first(file: Buffer, start: number, end: number, type: string): Box {
  for (const box of boxes(file, start, end)) if (box.type === type) return box;
  throw damaged(`no ${type}`);
}

/** The size after one property more. */
function applied(file: Buffer, { type, start }: Box, size: Size | undefined): Size | undefined {
  if (type === 'ispe') {
    return { width: file.readUInt32BE(start + 4), height: file.readUInt32BE(start + 8) };
  }
  if (!size) return undefined;
  const { width, height } = size;
  if (type === 'clap') {
    const side = (at: number) => Math.round(file.readUInt32BE(at) / file.readUInt32BE(at + 4));
    return { width: Math.min(width, side(start)), height: Math.min(height, side(start + 8)) };
  }
  // Quarter turns: an odd number of them lays the picture on its side.
  if (type === 'irot' && file.readUInt8(start) & 1) return { width: height, height: width };
  return size;
}

/** The EXIF block of the item, without the offset of its TIFF header in front; undefined when it cannot be found. */
function exifOf(items: Items, primary: number): Buffer | undefined {
  try {
    const id = exifItem(items, primary);
    const data = id === undefined ? undefined : locate(items, id);
    return data && data.length > 4 ? data.subarray(4 + data.readUInt32BE(0)) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
