import type { Region } from '../dist/blaze-sample.js';
import type { Image } from '../dist/image.js';
import { Dice } from './fuzz-dice.js';
import { photoNames, rgbPhoto } from './photo.js';

/** A part of a picture, and how large a network sees it. */
export interface Crop {
  image: Image;
  region: Region;
}

/** The picture with its rows turned round where `mirror`, and each value taken to the power of `gamma`. */
function changed({ data, width, height }: Omit<Image, 'format'>, mirror: boolean, gamma: number): Image {
  const curve = Uint8Array.from({ length: 256 }, (_, value) => Math.round(255 * (value / 255) ** gamma));
  const changed = new Uint8Array(data.length);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x = pixel % width;
    const from = mirror ? pixel - x + width - 1 - x : pixel;
    for (let c = 0; c < 3; c++) changed[3 * pixel + c] = curve[data[3 * from + c] ?? 0] ?? 0;
  }
  return { data: changed, width, height, format: 'rgb' };
}

/** Crops of photographs at random places and scales, some of them beyond the picture's edge: the same for a seed. */
export async function randomCrops(seed: number, count: number, aspect: number): Promise<Crop[]> {
  const dice = new Dice(seed);
  const photos = await Promise.all(photoNames.map(rgbPhoto));
  const variants = photos.flatMap((photo) =>
    dice.list(3, () => changed(photo, dice.chance(50), dice.real(0.5, 2))),
  );
  return dice.list(count, () => {
    const image = dice.one(variants);
    const width = dice.real(30, image.width * 1.3);
    const height = width / aspect;
    const x = dice.real(-0.2 * image.width, image.width - width / 2);
    const y = dice.real(-0.2 * image.height, image.height - height / 2);
    return { image, region: { x, y, width, height } };
  });
}

/**
 * Bilinear in plain double numbers: what blaze-taps.ts and sample.ts are to come to. [3][height][width], from −1 to
 * 1.
 */
export function sampled({ image, region }: Crop, width: number, height: number): Float32Array {
  const values = new Float32Array(3 * width * height);
  const across = region.width / width;
  const down = region.height / height;
  const columns = Math.max(1, Math.round(across));
  const rows = Math.max(1, Math.round(down));
  const at = (x: number, y: number, c: number) => image.data[3 * (y * image.width + x) + c] ?? 0;
  for (let place = 0; place < width * height; place++) {
    const sums = [0, 0, 0];
    for (let sample = 0; sample < columns * rows; sample++) {
      const u = region.x + ((place % width) + ((sample % columns) + 0.5) / columns) * across - 0.5;
      const v =
        region.y + (Math.floor(place / width) + (Math.floor(sample / columns) + 0.5) / rows) * down - 0.5;
      if (u < -0.5 || v < -0.5 || u > image.width - 0.5 || v > image.height - 0.5) continue;
      const x = Math.min(Math.max(u, 0), image.width - 1);
      const y = Math.min(Math.max(v, 0), image.height - 1);
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [right, bottom] = [Math.min(left + 1, image.width - 1), Math.min(top + 1, image.height - 1)];
      for (let c = 0; c < 3; c++) {
        const upper = at(left, top, c) * (1 - x + left) + at(right, top, c) * (x - left);
        const lower = at(left, bottom, c) * (1 - x + left) + at(right, bottom, c) * (x - left);
        sums[c] = (sums[c] ?? 0) + upper * (1 - y + top) + lower * (y - top);
      }
    }
    sums.forEach((sum, c) => {
      values[c * width * height + place] = ((sum / (columns * rows)) * 2) / 255 - 1;
    });
  }
  return values;
}
