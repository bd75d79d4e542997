import { crc32 } from 'node:zlib';

// Pieces of image files, so that tests can put them together as foreign software and attackers do.

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** EXIF of a directory with orientation and, if given, description, as TIFF in either byte order. */
export function exifBlock(orientation: number, description?: string, order: 'II' | 'MM' = 'MM'): Buffer {
  const text = latin1(description === undefined ? '' : `${description}\0`);
  const fields = [
    [0x0112, 3, 1, order === 'MM' ? orientation * 65_536 : orientation],
    ...(description === undefined ? [] : [[0x010e, 2, text.length, 38]]),
  ];
  const bytes = Buffer.alloc(fields.length === 2 ? 38 : 26);
  const write = (width: 2 | 4, at: number, value = 0) =>
    order === 'MM' ? bytes.writeUIntBE(value, at, width) : bytes.writeUIntLE(value, at, width);
  bytes.write(order);
  write(2, 2, 42);
  write(4, 4, 8);
  write(2, 8, fields.length);
  for (const [i, [tag, type, count, value]] of fields.entries()) {
    write(2, 10 + 12 * i, tag);
    write(2, 12 + 12 * i, type);
    write(4, 14 + 12 * i, count);
    write(4, 18 + 12 * i, value);
  }
  return Buffer.concat([bytes, text]);
}

/** A PNG chunk: length, name, data, CRC (ISO/IEC 15948, 5.3). */
export function chunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([latin1(name), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

/** Signature and IHDR of an RGB picture. */
export const pngStart = (width: number, height: number): Buffer =>
  Buffer.concat([
    latin1('\x89PNG\r\n\x1a\n'),
    chunk('IHDR', Buffer.concat([uint32(width), uint32(height), hex('08 02 00 00 00')])),
  ]);

/** A segment of a JPEG: marker, length, data. */
export function segment(code: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const start = Buffer.from([0xff, code, 0, 0]);
  start.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([start, data]);
}

export const app1 = (exif: Buffer): Buffer => segment(0xe1, Buffer.concat([latin1('Exif\0\0'), exif]));

/** SOF0 of a grey picture. */
export function frame(width: number, height: number, code = 0xc0): Buffer {
  const data = hex('08 0000 0000 01 011100');
  data.writeUInt16BE(height, 1);
  data.writeUInt16BE(width, 3);
  return segment(code, data);
}

/** SOI, segments, and the begin of a scan. */
export const jpegOf = (...segments: Buffer[]): Buffer =>
  Buffer.concat([hex('ffd8'), ...segments, segment(0xda, hex('01 0100 003f00')), hex('00 ffd9')]);

/** A chunk of a RIFF file: name, length, data, and a byte that makes it even. */
export function riffChunk(name: string, data: Buffer): Buffer {
  const start = Buffer.concat([latin1(name), Buffer.alloc(4)]);
  start.writeUInt32LE(data.length, 4);
  return Buffer.concat([start, data, Buffer.alloc(data.length & 1)]);
}

export const webpOf = (...chunks: Buffer[]): Buffer =>
  riffChunk('RIFF', Buffer.concat([latin1('WEBP'), ...chunks]));

/** VP8X of a canvas below 256 × 256. */
export const vp8x = (flags: number, width: number, height: number): Buffer =>
  riffChunk('VP8X', Buffer.from([flags, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0]));

/** The begin of a lossy picture below 256 × 256. */
export const vp8 = (width: number, height: number): Buffer =>
  riffChunk('VP8 ', Buffer.from([0x10, 0, 0, 0x9d, 0x01, 0x2a, width, 0, height, 0]));

/** A box of an ISO base media file. */
export function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([uint32(8 + body.length), latin1(type), body]);
}

/** A picture of one item, 20 × 10, whose properties are the ones given after its size; then `more` in `meta`. */
export function heifOf(properties: Buffer[], ...more: Buffer[]): Buffer {
  const indexes = [1, ...properties.map((_, i) => 2 + i)];
  return Buffer.concat([
    box('ftyp', latin1('heic\0\0\0\0mif1heic')),
    box(
      'meta',
      hex('00000000'),
      box('pitm', hex('00000000 0001')),
      box('iloc', hex('00000000 4400 0001 0001 0000 0001 00000000 00000010')),
      box(
        'iprp',
        box('ipco', box('ispe', hex('00000000 00000014 0000000a')), ...properties),
        box('ipma', hex('00000000 00000001 0001'), Buffer.from([indexes.length, ...indexes])),
      ),
      ...more,
    ),
  ]);
}

/** `head`, then `unit` as often as it fits into `size` bytes. */
export function filled(head: Buffer, unit: Buffer, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  head.copy(bytes);
  bytes.fill(unit, head.length);
  return bytes;
}
