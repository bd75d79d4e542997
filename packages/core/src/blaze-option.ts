import { argumentError, expectOptions } from './argument.js';
import type { ModelName } from './blaze-source.js';
import { commonOptions, type DetectOptions, expectDetectOptions, type Size, searchOf } from './option.js';

/** How BlazeFace searches one image. */
export interface BlazeSearch {
  minSize: Size;
  maxSize: Size;
  minScore: number;
  minNeighbors: number;
  scores: boolean;
}

/** What a box of each model has to score. */
const defaultScore: Readonly<Record<ModelName, number>> = { full: 0.5, short: 0.6 };

const known: readonly (keyof DetectOptions)[] = [
  'minNeighbors',
  'minSize',
  'maxSize',
  'minScore',
  'scores',
  ...commonOptions,
];

/** @throws FACEPIPE_E_ARGUMENT for the first option that is out of its range, or means nothing to BlazeFace. */
export function blazeSearchOf(options: DetectOptions, image: Size, model: ModelName): BlazeSearch {
  expectDetectOptions(options);
  expectOptions(options, known);
  const { minScore = defaultScore[model], minNeighbors = 0, ...rest } = options;
  if (typeof minScore !== 'number' || !(minScore > 0 && minScore < 1)) {
    throw argumentError('number between 0 and 1', 'minScore', minScore);
  }
  const { minSize, maxSize, scores } = searchOf({ ...rest, minNeighbors }, image);
  return { minSize, maxSize, scores, minScore, minNeighbors };
}

/** Pixels of the network's image that a face needs to be found. */
const needed: Readonly<Record<ModelName, number>> = { full: 21, short: 18 };
/** Larger side of the network's image where no smallest face is given. */
const usual: Readonly<Record<ModelName, number>> = { full: 288, short: 256 };
/** Sides are multiples of this, for they are halved five times. */
const multiple = 32;
const least = 64;
const most = 1024;

/**
 * How large the network sees the image, so that faces of `minSize` are found: the image's sides times 21 (`full`) or
 * 18 (`short`) by the smallest face's side, rounded up to multiples of 32, from 64 to 1024.
 */
export function networkSize(image: Size, minSize: Size, model: ModelName): Size {
  const longer = Math.max(image.width, image.height);
  const smallest = Math.min(minSize.width, minSize.height);
  const wanted = smallest > 0 ? needed[model] / smallest : usual[model] / longer;
  const scale = Math.min(wanted, most / longer);
  const side = (pixels: number) => Math.max(least, Math.ceil((pixels * scale) / multiple) * multiple);
  return { width: side(image.width), height: side(image.height) };
}
