import { bytesPerPixel, evenSizes, type Image, type PixelFormat } from '../dist/image.js';
import type { Size } from '../dist/option.js';
import type { Dice } from './fuzz-dice.js';
import { imageFrom, type Recipe } from './sweep-image.js';

function sizeOf(dice: Dice, window: Size): Size {
  const near = (side: number) => Math.max(1, side + dice.between(-2, 6));
  const roll = dice.between(1, 100);
  if (roll <= 25) return { width: near(window.width), height: near(window.height) };
  if (roll <= 30) return { width: dice.between(1, 3), height: dice.between(1, 400) };
  if (roll <= 35) return { width: dice.between(1, 400), height: dice.between(1, 3) };
  if (roll <= 37) return { width: dice.between(1, 2000), height: dice.between(1, 300) };
  return { width: dice.between(1, 160), height: dice.between(1, 160) };
}

/** Mostly what cascades accept, or a photograph; else a pattern. */
export function recipeOf(dice: Dice, window: Size): Recipe {
  const size = sizeOf(dice, window);
  const seed = dice.between(0, 1 << 20);
  const kind = dice.one([
    'photo',
    'photo',
    'prints',
    'blur',
    'noise',
    'bits',
    'gradient',
    'checker',
    'constant',
  ] as const);
  const [dark, light] = [dice.between(0, 120), dice.between(121, 255)];
  switch (kind) {
    case 'photo':
    case 'prints': {
      const crop =
        kind === 'prints'
          ? ([dice.between(0, 400), dice.between(0, 150), 60, 60] as const)
          : ([
              dice.between(0, 120),
              dice.between(0, 120),
              dice.between(30, 130),
              dice.between(30, 130),
            ] as const);
      const photo = kind === 'prints' ? kind : dice.one(['astronaut', 'camera', 'hopper'] as const);
      const mirrored = dice.one([0, 1] as const);
      const noise = dice.chance(30) ? dice.between(1, 20) : 0;
      const tile = [dice.between(20, 160), dice.between(20, 160)] as const;
      return {
        ...size,
        kind: 'photo',
        photo,
        crop,
        tile,
        mirrored,
        turned: false,
        radius: 0,
        gain: 16,
        noise,
        seed,
      };
    }
    case 'blur':
      return { ...size, kind, seed, radius: dice.between(1, 4), gain: dice.between(16, 200) };
    case 'noise':
      return { ...size, kind, seed, low: dice.one([0, dark, light]), high: 255 };
    case 'bits':
      return { ...size, kind, seed, share: dice.one([1, 128, 250]), dark: 0, light: 255 };
    case 'gradient':
      return { ...size, kind, from: seed % 4096, dx: dice.between(-300, 300), dy: dice.between(-300, 300) };
    // what saturates: sums that are as large as they can be
    case 'checker':
      return { ...size, kind, cell: dice.between(2, 24), dark: 0, light: 255 };
    case 'constant':
      return { ...size, kind, value: dice.one([0, 128, 255, light]) };
  }
}

/** A whole image in any format. */
export async function soundImage(dice: Dice, window: Size): Promise<Image> {
  const { data, ...size } = await imageFrom(recipeOf(dice, window));
  const format = dice.chance(60) ? 'gray' : dice.one(Object.keys(bytesPerPixel) as PixelFormat[]);
  for (const side of evenSizes[format] ?? []) size[side] += size[side] % 2;
  const bytes = new Uint8Array(size.width * size.height * bytesPerPixel[format]);
  for (let at = 0; at < bytes.length; at++) bytes[at] = data[at % data.length] ?? 0;
  return {
    data: dice.chance(80) ? bytes : new Uint8ClampedArray(bytes.buffer),
    width: size.width,
    height: size.height,
    format,
  };
}
