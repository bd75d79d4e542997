import { loadCascade } from '../dist/cascade.js';
import { cascadeNames } from '../dist/cascade-bundle.js';
import { unpackCascade } from '../dist/cascade-unpack.js';
import type { Size } from '../dist/option.js';
import type { PhotoName } from './photo.js';
import { type Recipe, random } from './sweep-image.js';

/** One question to a detector. Sizes are width and height; undefined is OpenCV's default. */
export interface SweepCase {
  cascade: string;
  scaleFactor: number;
  minNeighbors: number;
  minSize?: readonly [number, number];
  maxSize?: readonly [number, number];
}

export interface SweepGroup {
  image: Recipe;
  cases: SweepCase[];
}

/** Random numbers of one group: the same in every run. */
class Dice {
  readonly #seed: number;
  #thrown = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** from `low` to `high`, both included */
  between(low: number, high: number): number {
    return low + (random(this.#seed, this.#thrown++) % (high - low + 1));
  }

  chance(percent: number): boolean {
    return this.between(1, 100) <= percent;
  }

  one<T>(values: readonly [T, ...T[]]): T {
    return values[this.between(0, values.length - 1)] ?? values[0];
  }
}

const photoSizes: Record<PhotoName, [number, number]> = {
  astronaut: [512, 512],
  camera: [512, 512],
  hopper: [256, 300],
};

/** Where the faces are, with some of what surrounds them: x, y, side. */
const heads: Record<PhotoName, [number, number, number]> = {
  astronaut: [150, 20, 150],
  camera: [195, 70, 110],
  hopper: [40, 20, 180],
};

function cropOf(dice: Dice, photo: PhotoName): [number, number, number, number] {
  const [width, height] = photoSizes[photo];
  const [headX, headY, side] = heads[photo];
  if (dice.chance(65)) {
    const at = (start: number) => Math.max(0, start + dice.between(-20, 20));
    const [x, y] = [at(headX), at(headY)];
    const long = dice.between(side >> 1, side + 60);
    return [x, y, Math.min(long, width - x), Math.min(long + dice.between(-10, 30), height - y)];
  }
  const [x, y] = [dice.between(0, width - 40), dice.between(0, height - 40)];
  return [x, y, dice.between(20, width - x), dice.between(20, height - y)];
}

type Picture = Pick<Recipe & { kind: 'photo' }, 'photo' | 'crop' | 'tile'>;

function pictureOf(dice: Dice, size: Size, picture: Picture): Recipe {
  return {
    ...size,
    kind: 'photo',
    ...picture,
    mirrored: dice.chance(50) ? 1 : 0,
    turned: dice.chance(8),
    radius: dice.chance(25) ? dice.between(1, 2) : 0,
    gain: dice.chance(60) ? 16 : dice.one([-16, 2, 6, 10, 24, 48, 160]),
    noise: dice.chance(25) ? dice.between(1, 40) : 0,
    seed: dice.between(0, 1 << 20),
  };
}

function photographOf(dice: Dice, size: Size, tile: readonly [number, number]): Recipe {
  const photo = dice.one<PhotoName>(['astronaut', 'camera', 'hopper']);
  return pictureOf(dice, size, { photo, crop: cropOf(dice, photo), tile });
}

interface Window extends Size {
  name: string;
  /** where its prints begin in the sheet */
  left: number;
}

/** How many windows each cascade has in the sheet, and the height of each row of them. */
const prints = { rows: 3, height: 80 };

/** What the cascade accepts, once or all over the image, as it is or a little disturbed, enlarged or shrunk. */
function printOf(dice: Dice, size: Size, { left, width, height }: Window): Recipe {
  const top = prints.height * dice.between(0, prints.rows - 1);
  const eighths = dice.one([8, 8, 8, 8, 8, 8, 9, 12, 16, 24]);
  const tile = [Math.round((width * eighths) / 8), Math.round((height * eighths) / 8)] as const;
  const recipe = pictureOf(dice, size, { photo: 'prints', crop: [left, top, width, height], tile });
  if (recipe.kind !== 'photo' || dice.chance(10)) return recipe;
  // windows of a deviation below ten grey levels are never looked at: 2 to 4 are near that
  const gain = dice.one([16, 16, 16, 16, 15, 12, 18, 2, 3, 4]);
  return { ...recipe, mirrored: 0, turned: false, radius: 0, gain, noise: dice.one([0, 0, 1, 3, 8]) };
}

/** Anything but a photograph. */
function patternOf(dice: Dice, size: Size): Recipe {
  const seed = dice.between(0, 1 << 20);
  const [dark, light] = dice.chance(50) ? [0, 255] : [dice.between(0, 120), dice.between(121, 255)];
  const roll = dice.between(1, 46);
  if (roll <= 14)
    return { ...size, kind: 'blur', seed, radius: dice.between(1, 6), gain: dice.between(16, 200) };
  if (roll <= 19) return { ...size, kind: 'noise', seed, low: dice.one([0, dark, light]), high: 255 };
  // a deviation of about ten grey levels, below which windows are never looked at
  if (roll <= 22) return { ...size, kind: 'noise', seed, low: dark, high: dark + dice.between(30, 40) };
  if (roll <= 28)
    return { ...size, kind: 'bits', seed, share: dice.one([1, 16, 128, 240, 255]), dark, light };
  if (roll <= 34) return { ...size, kind: 'text', seed, pen: dice.between(1, 9), dark, light };
  if (roll <= 39) return { ...size, kind: 'checker', cell: dice.between(1, 30), dark, light };
  if (roll <= 43) {
    const slope = () => dice.between(-300, 300);
    return { ...size, kind: 'gradient', from: seed % 4096, dx: slope(), dy: slope() };
  }
  return { ...size, kind: 'constant', value: dice.one([0, 128, 255, light]) };
}

function sizeOf(dice: Dice, window: Size): Size {
  const roll = dice.between(1, 110);
  if (roll <= 5) {
    const thin = { width: dice.one([1, 2, 3, window.width - 1, window.width]), height: dice.between(1, 300) };
    return dice.chance(50) ? thin : { width: thin.height, height: thin.width };
  }
  const sides = (low: number, high: number) => ({
    width: dice.between(low, high),
    height: dice.between(low, high),
  });
  if (roll <= 25) {
    const more = () => dice.one([-1, 0, 0, 1, 1, 2, 3, 5, 9]);
    return { width: window.width + more(), height: window.height + more() };
  }
  if (roll <= 75) return sides(20, 130);
  if (roll <= 106) return sides(100, 260);
  return sides(260, 640);
}

function imageRecipe(dice: Dice, window: Window): Recipe {
  const size = sizeOf(dice, window);
  if (dice.chance(50)) return printOf(dice, size, window);
  if (dice.chance(45)) return patternOf(dice, size);
  if (dice.chance(75)) return photographOf(dice, size, [size.width, size.height]);
  const side = () => dice.between(window.width, window.width * 3);
  return photographOf(dice, size, [side(), side()]);
}

const factors = [1.002, 1.01, 1.02, 1.03, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2, 2.5, 3, 9] as const;

/** Roughly how many windows such a search looks at. */
export function windowsOf(image: Size, window: Size, { scaleFactor, minSize, maxSize }: SweepCase): number {
  let count = 0;
  for (let scale = 1; ; scale *= scaleFactor) {
    const [width, height] = [window.width * scale, window.height * scale];
    if (width > image.width || height > image.height) return count;
    if (maxSize && (width > maxSize[0] || height > maxSize[1])) return count;
    if (minSize && (width < minSize[0] || height < minSize[1])) continue;
    count += ((image.width - width + 1) * (image.height - height + 1)) / scale ** 2 / (scale >= 2 ? 1 : 4);
  }
}

function sizesOf(dice: Dice, image: Size, window: Size): Pick<SweepCase, 'minSize' | 'maxSize'> {
  const side = () => dice.between(window.width, Math.max(window.width + 1, image.width));
  const square = side();
  const roll = dice.between(1, 100);
  if (roll <= 42) return {};
  if (roll <= 45) return { minSize: [square, square] };
  if (roll <= 51) return { minSize: [side(), side()] };
  if (roll <= 52) return { minSize: [0, square] };
  if (roll <= 55) return { minSize: [image.width + dice.between(0, 1), image.height + dice.between(-1, 1)] };
  if (roll <= 65) return { maxSize: [square, square] };
  if (roll <= 70) return { maxSize: [side(), side()] };
  if (roll <= 73)
    return { maxSize: [window.width + dice.between(-1, 1), window.height + dice.between(-1, 1)] };
  if (roll <= 76)
    return { maxSize: [image.width + dice.between(1, 99), image.height + dice.between(-3, 99)] };
  // no window may have that size: OpenCV takes the nearest one then
  if (roll <= 84) return { minSize: [square, square], maxSize: [square, square] };
  const minSize = [side() >> 1, side() >> 1] as const;
  if (roll <= 87) return { minSize, maxSize: minSize };
  return { minSize, maxSize: [minSize[0] + dice.between(0, 80), minSize[1] + dice.between(0, 80)] };
}

function searchCase(dice: Dice, cascade: string, image: Size, window: Size): SweepCase {
  const minNeighbors = dice.one([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 5, 12]);
  let pace = dice.between(0, factors.length - 1);
  let sizes = sizesOf(dice, image, window);
  const positive = ([width, height]: readonly [number, number]) =>
    [Math.max(width, 1), Math.max(height, 1)] as const;
  if (sizes.maxSize) sizes = { ...sizes, maxSize: positive(sizes.maxSize) };
  const made = () => ({ cascade, scaleFactor: factors[pace] ?? 9, minNeighbors, ...sizes });
  const budget = dice.chance(3) ? 150_000 : 15_000;
  while (pace < factors.length - 1 && windowsOf(image, window, made()) > budget) pace++;
  return made();
}

/** Too large for every cascade: sums beyond 31 bits, long rows, long columns, the sizes of films and photographs. */
function giants(): SweepGroup[] {
  const few = ['frontalface_default', 'frontalface_alt2', 'lbpcascade_frontalface', 'smile'];
  const ask = (
    image: Recipe,
    of: Omit<SweepCase, 'cascade'>,
    cascades: readonly string[] = few,
  ): SweepGroup => ({
    image,
    cases: cascades.map((cascade) => ({ cascade, ...of })),
  });
  const crowd = (width: number, height: number, tile: number): Recipe => ({
    ...{ width, height, kind: 'photo', photo: 'astronaut', crop: [140, 10, 180, 180], tile: [tile, tile] },
    ...{ mirrored: 0, turned: false, radius: 1, gain: 16, noise: 6, seed: 5 },
  });
  return [
    ask(crowd(3000, 2000, 400), { scaleFactor: 1.3, minNeighbors: 0, minSize: [120, 120] }),
    ask(crowd(3000, 2000, 150), { scaleFactor: 1.5, minNeighbors: 3, minSize: [60, 60] }),
    ask(crowd(1920, 1080, 180), { scaleFactor: 1.1, minNeighbors: 0, minSize: [80, 80] }),
    ask(crowd(1280, 720, 90), { scaleFactor: 1.2, minNeighbors: 3, minSize: [30, 30] }),
    ask(
      { width: 3000, height: 3000, kind: 'noise', seed: 1, low: 235, high: 255 },
      {
        ...{ scaleFactor: 1.1, minNeighbors: 0, minSize: [24, 24], maxSize: [26, 26] },
      },
      few.slice(0, 2),
    ),
    ask(
      { width: 4100, height: 4200, kind: 'constant', value: 255 },
      { scaleFactor: 3, minNeighbors: 0 },
      few.slice(0, 2),
    ),
    ask(
      { width: 3100, height: 2900, kind: 'bits', seed: 3, share: 250, dark: 0, light: 255 },
      {
        ...{ scaleFactor: 3, minNeighbors: 0, maxSize: [30, 30] },
      },
      few.slice(0, 1),
    ),
    ask(crowd(6000, 40, 40), { scaleFactor: 1.1, minNeighbors: 0 }, cascadeNames),
    ask(crowd(40, 6000, 40), { scaleFactor: 1.1, minNeighbors: 0 }, cascadeNames),
  ];
}

const perGroup = 8;

/** At least `count` cases, giants first; on each other image one cascade is asked three times out of four. */
export async function* sweepGroups(seed: number, count: number): AsyncGenerator<SweepGroup> {
  const windows: Window[] = [];
  let left = 0;
  for (const { name, bytes } of await Promise.all(cascadeNames.map(loadCascade))) {
    const { width, height } = unpackCascade(bytes);
    windows.push({ name, width, height, left });
    left += width;
  }
  const at = (index: number) => windows.slice(index % windows.length)[0];
  let made = 0;
  for (const group of giants()) {
    if (made >= count) return;
    made += group.cases.length;
    yield group;
  }
  for (let index = 0; made < count; index++) {
    const dice = new Dice(seed * 1_000_003 + index);
    const home = at(index);
    if (!home) return;
    const image = imageRecipe(dice, home);
    const cases = Array.from({ length: perGroup }, (_, turn) => {
      const window = (turn % 4 !== 3 ? home : at(dice.between(0, windows.length - 1))) ?? home;
      return searchCase(dice, window.name, image, window);
    });
    made += cases.length;
    yield { image, cases };
  }
}
