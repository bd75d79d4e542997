import type { Size } from '@facepipe/wire';
import { openSource } from 'facepipe';
import sharp from 'sharp';
import { createRandom } from '../../packages/edge/dist/source/random.js';
import { photograph, sensorNoise } from './sensor-noise.js';

/** Different noise for so many pictures. */
const made = 32;
/** Of a film, pictures at most. */
const most = 300;
/** JPEG quality that webcams have. */
const quality = 85;

const jpegOf = (data: Uint8Array, { width, height }: Size): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();

/** A photograph without a frontal face, with a sensor's noise: a room in which nothing happens. */
export async function roomPictures(size: Size): Promise<Buffer[]> {
  const photo = await sharp(photograph)
    .resize(size.width, size.height, { fit: 'cover' })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  const random = createRandom(1);
  const pictures: Buffer[] = [];
  for (let i = 0; i < made; i++) pictures.push(await jpegOf(noisy(photo, random), size));
  return pictures;
}

/** A film's pictures, made this large, with a sensor's noise: sides that are too long are cut off. */
export async function filmPictures(file: string, size: Size): Promise<Buffer[]> {
  const source = await openSource(file);
  const random = createRandom(1);
  const pictures: Buffer[] = [];
  for await (const { data, width, height, format } of source.frames(new AbortController().signal)) {
    const channels = format === 'gray' ? 1 : 3;
    const scaled = await sharp(data, { raw: { width, height, channels } })
      .resize(size.width, size.height, { fit: 'cover' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    pictures.push(await jpegOf(noisy(scaled, random), size));
    if (pictures.length === most) break;
  }
  return pictures;
}

/** Normal noise that is made once, from anywhere in it. */
const table: number[] = [];

function noisy(photo: Uint8Array, random: () => number): Uint8Array {
  while (table.length < 100_003) table.push(sensorNoise(random));
  let at = Math.floor(random() * table.length);
  const clamped = Uint8ClampedArray.from(photo, (value) => {
    at = at + 1 < table.length ? at + 1 : 0;
    return value + (table[at] ?? 0);
  });
  return new Uint8Array(clamped.buffer);
}
