import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { GrayImage } from '../dist/image.js';
import { grayPhoto, type PhotoName } from './photo.js';

/** A photograph, or the sheet of windows that the cascades accept: see packages/core/golden/prints.py. */
export type PictureName = PhotoName | 'prints';

/** What is in an image: integers only, so that packages/core/golden/sweep.py makes the same bytes. */
export type Recipe = Readonly<{ width: number; height: number }> &
  (
    | { kind: 'constant'; value: number }
    | { kind: 'noise'; seed: number; low: number; high: number }
    /** `share` of 256 pixels are light */
    | { kind: 'bits'; seed: number; share: number; dark: number; light: number }
    /** a slope of `dx` and `dy` sixteenths a pixel, wrapping */
    | { kind: 'gradient'; from: number; dx: number; dy: number }
    | { kind: 'checker'; cell: number; dark: number; light: number }
    /** rows of random letters of 5×7 dots of `pen` pixels */
    | { kind: 'text'; seed: number; pen: number; dark: number; light: number }
    /** noise averaged twice over 2 · radius + 1 pixels; contrast times `gain` / 16 */
    | { kind: 'blur'; seed: number; radius: number; gain: number }
    | PhotoRecipe
  );

interface PhotoRecipe {
  kind: 'photo';
  photo: PictureName;
  /** x, y, width, height in the photograph */
  crop: readonly [number, number, number, number];
  /** the size the crop is averaged to; repeated over the image, every other column mirrored */
  tile: readonly [number, number];
  mirrored: 0 | 1;
  turned: boolean;
  radius: number;
  /** contrast in sixteenths; negative is a negative */
  gain: number;
  /** added to every pixel: up to so much, up or down */
  noise: number;
  seed: number;
}

/** A 32-bit hash with good avalanche: Chris Wellons, https://github.com/skeeto/hash-prospector. */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** The random number at `index` of the sequence of `seed`, of 24 bits. */
export function random(seed: number, index: number): number {
  return mix((index + mix(seed)) | 0) >>> 8;
}

type Pixel = (x: number, y: number) => number;

/** Sums over 2 · radius + 1 values around each, edges repeated. */
function summed(values: Int32Array, count: number, radius: number, at: (line: number, i: number) => number) {
  const lines = values.length / count;
  const sums = new Int32Array(values.length);
  for (let line = 0; line < lines; line++) {
    const value = (i: number) => values[at(line, Math.min(Math.max(i, 0), count - 1))] ?? 0;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += value(i);
    for (let i = 0; i < count; i++) {
      sums[at(line, i)] = sum;
      sum += value(i + radius + 1) - value(i - radius);
    }
  }
  return sums;
}

function mean(values: Int32Array, width: number, height: number, radius: number): Int32Array {
  const down = summed(values, height, radius, (line, i) => i * width + line);
  const both = summed(down, width, radius, (line, i) => line * width + i);
  const area = (2 * radius + 1) ** 2;
  return both.map((sum) => Math.floor(sum / area));
}

function drawn(width: number, height: number, pixel: Pixel): Int32Array {
  const values = new Int32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) values[i] = pixel(x, y);
  return values;
}

function contrasted(value: number, gain: number): number {
  return 128 + (((value - 128) * gain) >> 4);
}

/** The average of the part of the crop that tile pixel (u, v) stands for. */
function samplerOf(photo: GrayImage, { crop, tile, turned }: PhotoRecipe): Pixel {
  const [left, top, width, height] = crop;
  const [across, down] = turned ? [tile[1], tile[0]] : tile;
  const span = (start: number, length: number, count: number, at: number) => {
    const low = start + Math.floor((at * length) / count);
    return [low, Math.max(low + 1, start + Math.floor(((at + 1) * length) / count))] as const;
  };
  const cache = new Int16Array(across * down).fill(-1);
  return (u, v) => {
    const [column, row] = turned ? [v, u] : [u, v];
    const known = cache[row * across + column] ?? -1;
    if (known >= 0) return known;
    const [x0, x1] = span(left, width, across, column);
    const [y0, y1] = span(top, height, down, row);
    let sum = 0;
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += photo.data[y * photo.width + x] ?? 0;
    const average = Math.floor(sum / ((x1 - x0) * (y1 - y0)));
    cache[row * across + column] = average;
    return average;
  };
}

async function photographed(recipe: PhotoRecipe & { width: number; height: number }): Promise<Int32Array> {
  const { width, height, tile, mirrored, radius, gain, noise, seed } = recipe;
  const sample = samplerOf(await pictureOf(recipe.photo), recipe);
  const [across, down] = tile;
  let values = drawn(width, height, (x, y) => {
    const u = x % across;
    const flip = (Math.floor(x / across) + mirrored) % 2 === 1;
    return sample(flip ? across - 1 - u : u, y % down);
  });
  if (radius > 0) values = mean(values, width, height, radius);
  return values.map((value, i) => {
    const grain = noise > 0 ? (random(seed, i) % (2 * noise + 1)) - noise : 0;
    return contrasted(value, gain) + grain;
  });
}

const pictures = new Map<PictureName, Promise<GrayImage>>();

async function readPrints(): Promise<GrayImage> {
  const file = fileURLToPath(new URL('../golden/prints.png', import.meta.url));
  const picture = sharp(file).toColourspace('b-w').raw();
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function pictureOf(name: PictureName): Promise<GrayImage> {
  const picture = pictures.get(name) ?? (name === 'prints' ? readPrints() : grayPhoto(name));
  pictures.set(name, picture);
  return picture;
}

async function valuesOf(recipe: Recipe): Promise<Int32Array> {
  const { width, height } = recipe;
  const draw = (pixel: Pixel) => drawn(width, height, pixel);
  switch (recipe.kind) {
    case 'constant':
      return draw(() => recipe.value);
    case 'noise': {
      const { seed, low, high } = recipe;
      return draw((x, y) => low + (random(seed, y * width + x) % (high - low + 1)));
    }
    case 'bits': {
      const { seed, share, dark, light } = recipe;
      return draw((x, y) => (random(seed, y * width + x) % 256 < share ? light : dark));
    }
    case 'gradient':
      return draw((x, y) => ((recipe.from + x * recipe.dx + y * recipe.dy) >> 4) & 255);
    case 'checker': {
      const { cell, dark, light } = recipe;
      return draw((x, y) => ((Math.floor(x / cell) + Math.floor(y / cell)) % 2 === 1 ? light : dark));
    }
    case 'text': {
      const { seed, pen, dark, light } = recipe;
      return draw((x, y) => {
        const [column, row] = [Math.floor(x / pen), Math.floor(y / pen)];
        const dot = (Math.floor(row / 8) * 1000 + Math.floor(column / 6)) * 64 + (row % 8) * 8 + (column % 6);
        return column % 6 < 5 && row % 8 < 7 && random(seed, dot) % 2 === 1 ? dark : light;
      });
    }
    case 'blur': {
      const { seed, radius, gain } = recipe;
      const grain = draw((x, y) => random(seed, y * width + x) % 256);
      const smooth = mean(mean(grain, width, height, radius), width, height, radius);
      return smooth.map((value) => contrasted(value, gain));
    }
    case 'photo':
      return photographed(recipe);
  }
}

export async function imageFrom(recipe: Recipe): Promise<GrayImage> {
  const values = await valuesOf(recipe);
  return {
    data: Uint8Array.from(Uint8ClampedArray.from(values)),
    width: recipe.width,
    height: recipe.height,
  };
}
