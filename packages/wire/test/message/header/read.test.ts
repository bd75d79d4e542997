import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { readPicture } from '../../../dist/message/header/read.js';
import { sniff } from '../../../dist/message/raster.js';
import * as file from './file.js';

const { hex, latin1 } = file;

/** What is read of a file, and what libvips says of it. */
async function compared(bytes: Buffer, name: string): Promise<void> {
  const { autoOrient, exif, format } = await sharp(bytes).metadata();
  const kind = sniff(bytes);
  assert.ok(kind, name);
  assert.equal(kind.format === 'avif' ? 'heif' : kind.format, format, name);
  const { description, ...size } = readPicture(bytes, kind.format);
  assert.deepEqual(size, { width: autoOrient.width, height: autoOrient.height }, name);
  // TIFF has its own ImageDescription, which libvips does not hand out either.
  if (description !== undefined) assert.ok(exif?.includes(`${description}\0`), name);
  else assert.ok(!exif?.includes('words of '), name);
}

const picture = (channels: 1 | 3 | 4, depth: 'uchar' | 'ushort' = 'uchar', height = 10): Sharp => {
  const length = 20 * height * channels;
  const data =
    depth === 'uchar'
      ? Uint8Array.from({ length }, (_, i) => i % 251)
      : Uint16Array.from({ length }, (_, i) => (i * 257) % 65_521);
  return sharp(data, { raw: { width: 20, height, channels, ...(height > 10 ? { pageHeight: 10 } : {}) } });
};

const animated = () => picture(4, 'uchar', 30);
const written: Record<string, () => Sharp> = {
  'PNG in grey': () => picture(1).toColourspace('b-w').png(),
  'PNG with alpha': () => picture(4).png(),
  'PNG interlaced': () => picture(3).png({ progressive: true }),
  'PNG with a palette': () => picture(3).png({ palette: true }),
  'PNG of 16 bits': () => picture(3, 'ushort').toColourspace('rgb16').png(),
  JPEG: () => picture(3).jpeg(),
  'JPEG in grey': () => picture(1).toColourspace('b-w').jpeg(),
  'JPEG in CMYK': () => picture(3).toColourspace('cmyk').jpeg(),
  'JPEG progressive': () => picture(3).jpeg({ progressive: true }),
  'JPEG by mozjpeg': () => picture(3).jpeg({ mozjpeg: true }),
  'WebP lossy': () => picture(3).webp(),
  'WebP lossy with alpha': () => picture(4).webp(),
  'WebP lossless': () => picture(3).webp({ lossless: true }),
  'WebP animated': () => animated().webp({ loop: 0 }),
  GIF: () => picture(3).gif(),
  'GIF with alpha': () => picture(4).gif(),
  'GIF animated': () => animated().gif({ loop: 0 }),
  'TIFF by LZW': () => picture(3).tiff({ compression: 'lzw' }),
  'TIFF by JPEG in tiles': () => picture(3).tiff({ compression: 'jpeg', tile: true }),
  'TIFF of 16 bits': () => picture(1, 'ushort').toColourspace('grey16').tiff(),
  BigTIFF: () => picture(3).tiff({ bigtiff: true }),
  AVIF: () => picture(3).avif({ effort: 0 }),
  'AVIF with alpha': () => picture(4).avif({ effort: 0 }),
};

for (const [name, make] of Object.entries(written)) {
  test(`${name}: size and description are those that libvips reads, in every orientation`, async () => {
    const plain = await make().toBuffer();
    await compared(plain, name);
    for (let orientation = 1; orientation <= 8; orientation++) {
      const described = make()
        .withMetadata({ orientation })
        .withExifMerge({ IFD0: { ImageDescription: `words of ${name}` } });
      const bytes = await described.toBuffer();
      await compared(bytes, `${name}, orientation ${orientation}`);
      const { description } = readPicture(bytes, sniff(bytes)?.format ?? '');
      const has = /^(GIF|TIFF|BigTIFF)/.test(name) ? undefined : `words of ${name}`;
      assert.equal(description, has);
    }
  });
}

test('the photographs of the repository are read as libvips reads them', async () => {
  const folder = new URL('../../../../edge/photos/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => /\.(png|jpg)$/.test(name));
  assert.ok(names.length >= 3);
  for (const name of names) await compared(await readFile(new URL(name, folder)), name);
});

const size = 8 << 20;
const ftyp = file.box('ftyp', latin1('avif\0\0\0\0'));
const heif = (...parts: Buffer[]) => Buffer.concat([ftyp, file.box('meta', hex('00000000'), ...parts)]);
const pitm = file.box('pitm', hex('00000000 0001'));
const iloc = file.box('iloc', hex('00000000 4400 0001 0001 0000 0001 00000000 00000010'));
const free = (bytes: number) => file.filled(Buffer.alloc(0), file.box('free'), bytes);
const gif = latin1('GIF89a\x01\0\x01\0\0\0\0');

/** Files of up to 8 MiB that have more pieces, or larger ones, than any picture. */
const endless: Record<string, () => Buffer> = {
  'PNG of empty chunks': () => file.filled(file.pngStart(5, 5), file.chunk('tEXt'), size),
  'PNG with a chunk of 2 GiB': () => Buffer.concat([file.pngStart(5, 5), hex('7fffffff'), latin1('tEXt')]),
  'JPEG of fill bytes': () => file.filled(hex('ffd8'), hex('ff'), size),
  'JPEG of zeros': () => file.filled(hex('ffd8ff'), hex('00'), size),
  'JPEG of stuffed bytes': () => file.filled(hex('ffd8ff'), hex('41ff00'), size),
  'JPEG of 60,000 segments': () => file.filled(hex('ffd8'), file.segment(0xe1), 2 + 4 * 60_000),
  'JPEG of empty EXIF': () => file.filled(hex('ffd8'), file.app1(Buffer.alloc(0)), size),
  'GIF of extensions': () => file.filled(gif, hex('21fe00'), size),
  'GIF of sub-blocks': () => file.filled(Buffer.concat([gif, hex('21fe')]), hex('0141'), size),
  'WebP of empty chunks': () =>
    file.webpOf(
      file.vp8x(8, 5, 5),
      file.filled(Buffer.alloc(0), file.riffChunk('EXIF', Buffer.alloc(0)), size),
    ),
  'WebP with a chunk of 4 GiB': () => file.webpOf(file.vp8x(8, 5, 5), latin1('VP8 \xff\xff\xff\xff')),
  'TIFF of 65,535 fields': () =>
    file.filled(hex('49492a0008000000 ffff'), hex('0f01 0200 ffffffff 08000000'), size),
  'BigTIFF of 2^60 fields': () =>
    file.filled(hex('49492b0008000000 1000000000000000 ffffffffffffff0f'), hex('00'), size),
  'TIFF whose directory is its header': () => file.filled(hex('49492a0000000000'), hex('00'), size),
  'AVIF of boxes': () => file.filled(ftyp, file.box('free'), size),
  'AVIF of boxes within': () => heif(pitm, iloc, free(size)),
  'AVIF of boxes of size 0': () => file.filled(ftyp, hex('00000000 6d657461 00000000'), size),
  'AVIF with a box of 2^64 bytes': () => Buffer.concat([ftyp, hex('00000001 6d657461 ffffffffffffffff')]),
  'AVIF of properties': () => heif(pitm, iloc, file.box('iprp', file.box('ipco', free(size)))),
  'AVIF of associations': () =>
    heif(
      pitm,
      iloc,
      file.box(
        'iprp',
        file.box('ipma', file.filled(hex('00000000 00200000'), hex('0002 00'), 3 * 0x200000 + 8)),
      ),
    ),
  'AVIF of items': () =>
    heif(pitm, file.box('iloc', file.filled(hex('00000000 4400 ffff'), hex('0002 0000 0000'), 400_000))),
};

test('no file, however it is made, takes more than a moment', () => {
  for (const [name, make] of Object.entries(endless)) {
    const bytes = make();
    const format = sniff(bytes)?.format ?? '';
    const from = process.cpuUsage();
    assert.throws(() => readPicture(bytes, format), RangeError, name);
    const { user, system } = process.cpuUsage(from);
    // Some milliseconds each, of the processor's own time; 8 MiB alone would take seconds to be inflated.
    assert.ok((user + system) / 1000 < 250, `${name}: ${(user + system) / 1000} ms`);
  }
});
