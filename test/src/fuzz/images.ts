import { readFile } from 'node:fs/promises';
import { encodeImage } from '@facepipe/wire';
import sharp from 'sharp';
import { faceFacts } from '../support/face.js';

const photos = new URL('../../../packages/edge/photos/', import.meta.url);

export const facts = faceFacts({
  // the same in every run, as a seed is to repeat it
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  device: 'ворота 🚪',
  stream: '01ARZ3NDEKTSV4RRFFQ69G5FAW',
  seq: 17,
  captured: new Date('2026-11-21T12:34:56.789Z'),
  frameSize: { width: 512, height: 512 },
  box: { x: 170, y: 60, width: 160, height: 160 },
});

const face = { left: 170, top: 60, width: 64, height: 48 };
const crop = sharp(await readFile(new URL('astronaut.png', photos))).extract(face);
const pixels = await crop.clone().removeAlpha().raw().toBuffer();
const ours = (format: 'png' | 'jpeg' | 'webp') =>
  encodeImage({ data: pixels, width: 64, height: 48, channels: 3 }, facts, { format });
const described = crop.clone().withExif({ IFD0: { ImageDescription: 'facepipe:id=1' } });
const moving = sharp(pixels, { raw: { width: 64, height: 48, channels: 3, pageHeight: 24 } });
const avif = await described.clone().avif({ effort: 0 }).toBuffer();
/** What tells HEIC from AVIF where no pixel is decoded. */
const heic = Buffer.from(avif);
heic.write('heic', 8);

/** Images of every format that is taken, with and without facts. */
export const images: readonly Buffer[] = [
  ...(await Promise.all([ours('png'), ours('jpeg'), ours('webp')])),
  await crop.clone().png({ progressive: true, palette: true }).toBuffer(),
  await described.clone().jpeg({ progressive: true }).toBuffer(),
  await described.clone().webp({ lossless: true }).toBuffer(),
  await crop.clone().webp().toBuffer(),
  await moving.clone().webp({ loop: 0 }).toBuffer(),
  await moving.clone().gif({ loop: 0 }).toBuffer(),
  await crop.clone().tiff().toBuffer(),
  await crop.clone().tiff({ bigtiff: true, compression: 'lzw' }).toBuffer(),
  avif,
  heic,
];

/** JPEG files, as cameras send them. */
export const jpegs: readonly Buffer[] = [
  await ours('jpeg'),
  await described.clone().jpeg({ progressive: true }).toBuffer(),
  await crop.clone().toColourspace('b-w').jpeg({ quality: 30 }).toBuffer(),
];
