import { damaged } from './file-header.js';

/** The fields of an image file directory that are asked for, by tag. */
export interface Ifd {
  /** An unsigned integer; undefined when there is none, or several. */
  integer(tag: number): number | undefined;
  /** 7-bit ASCII without its final NUL, cut at `most` bytes and the end; undefined when there is none. */
  text(tag: number, most: number): string | undefined;
}

/** Where the values of a field stand. */
interface Field {
  type: number;
  count: number;
  at: number;
}

/** Fields above which libtiff takes a directory for a wrong offset, too (`TIFFFetchDirectory`). */
const maxFields = 4096;

/** Bytes of one value by type: BYTE, ASCII, SHORT, LONG and BigTIFF's LONG8 (TIFF 6.0, section 2). */
const sizes: Record<number, number | undefined> = { 1: 1, 2: 1, 3: 2, 4: 4, 16: 8 };

/** Numbers in the byte order that the first two bytes name. */
function reader(bytes: Buffer) {
  const order = bytes.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') throw damaged('no byte order');
  const little = order === 'II';
  return {
    8: (at: number) => bytes.readUInt8(at),
    16: (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    32: (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)),
    64: (at: number) => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)),
  };
}

/**
 * The first directory of a TIFF or BigTIFF structure. No other one is followed, so none can lead round in a circle.
 * Of a tag that comes twice the first field counts.
 * @param tags those that will be asked for
 * @throws RangeError when the directory is not within `bytes`
 */
export function readIfd(bytes: Buffer, tags: readonly number[]): Ifd {
  const read = reader(bytes);
  const version = read[16](2);
  if (version !== 42 && version !== 43) throw damaged(`version ${version}`);
  const big = version === 43;
  if (big && read[16](4) !== 8) throw damaged('offsets that are not of 8 bytes');
  // BigTIFF widens counts and offsets to 64 bits, and the number of fields with them.
  const offset = read[big ? 64 : 32];
  const word = big ? 8 : 4;
  const directory = offset(word);
  const count = big ? read[64](directory) : read[16](directory);
  if (count > maxFields) throw damaged(`${count} fields`);
  const start = directory + (big ? 8 : 2);
  const length = 4 + 2 * word;
  if (start + count * length > bytes.length) throw damaged('fields beyond the end');

  const fields = new Map<number, Field>();
  for (let at = start; at < start + count * length; at += length) {
    const tag = read[16](at);
    if (!tags.includes(tag) || fields.has(tag)) continue;
    const field = { type: read[16](at + 2), count: offset(at + 4), at: at + 4 + word };
    const outside = (sizes[field.type] ?? 1) * field.count > word;
    fields.set(tag, outside ? { ...field, at: offset(field.at) } : field);
  }

  return {
    integer(tag) {
      const field = fields.get(tag);
      if (field?.count !== 1 || field.type === 2) return undefined;
      const size = sizes[field.type];
      return size === undefined ? undefined : read[(size * 8) as 8 | 16 | 32 | 64](field.at);
    },
    text(tag, most) {
      const field = fields.get(tag);
      if (field?.type !== 2 || field.at >= bytes.length) return undefined;
      // One that is longer than the file is damaged, which whoever wrote it is told by what is left.
      const value = bytes.subarray(field.at, field.at + Math.min(field.count, most));
      if (value.some((byte) => byte > 127)) return undefined;
      const end = value.at(-1) === 0 ? value.length - 1 : value.length;
      return value.toString('latin1', 0, end);
    },
  };
}
