import { argumentError, expectInteger, expectOptions, isObject } from './argument.js';
import type { Box, Size } from './box.js';
import type { GrayImage } from './image.js';
import type { Signal } from './platform.js';

export type { Size };

/** Closer to 1 there are so many sizes of windows that a search would hardly end. */
const minScaleFactor = 1.0001;

/** How to search one image. The defaults are those of OpenCV's detectMultiScale. */
export interface DetectOptions {
  /**
   * factor from one window size to the next, at least 1.0001; default 1.1. Larger is faster and finds less. Not for
   * blaze.
   */
  scaleFactor?: number;
  /**
   * raw hits a face must exceed by merging, integer of at least 0; default 3. 0 gives the raw hits, unmerged. With the
   * engine blaze the network's boxes that a face must exceed by merging; default 0, which is every face.
   */
  minNeighbors?: number;
  /**
   * smallest face in pixels, a number for a square; default 0, which is the cascade's own window. With the engine
   * blaze it says how large the network sees the image, and 0 is 288 pixels for its longer side (256 with the model
   * `short`).
   */
  minSize?: number | Size;
  /** largest face in pixels, a number for a square; default the image */
  maxSize?: number | Size;
  /** whether faces have a `score`; default false. With the engine opencv it doubles the time. */
  scores?: boolean;
  /**
   * what a face must score, between 0 and 1; default 0.5, and 0.6 with the model `short`. Only for the engine blaze.
   */
  minScore?: number;
  /**
   * where to look: whole pixels inside the image; default all of it. The faces are those of this part cut out, and
   * their boxes are in the whole image's pixels. `maxSize` is this part by default.
   */
  roi?: Box;
  /**
   * how many faces at most, integer of at least 1; default all. The strongest stay: those of most neighbours, of equals
   * those of the highest score; of the engine blaze those of the highest score. With the engine opencv it doubles the
   * time, as `scores` does.
   */
  maxFaces?: number;
  /**
   * gives the call up: it rejects with the signal's reason, before it begins, while an image is read, or while another
   * thread searches. A search that has begun goes on to its end, and its faces are dropped; in the caller's own thread
   * nothing can interrupt it.
   */
  signal?: Signal;
}

/** Options that are the detector's own: engines pass them over. */
export const commonOptions = ['roi', 'maxFaces', 'signal'] as const satisfies (keyof DetectOptions)[];

/** Options with everything filled in, as engines get them. */
export interface Search {
  scaleFactor: number;
  minNeighbors: number;
  minSize: Size;
  maxSize: Size;
  /** whether faces have scores: they were asked for, or are needed to find the strongest */
  scores: boolean;
}

function expectSize(name: string, value: unknown, from: number): Size {
  if (typeof value === 'number') {
    const side = expectInteger(name, value, from);
    return { width: side, height: side };
  }
  if (!isObject(value)) throw argumentError(`integer of at least ${from} or {width, height}`, name, value);
  const size: Partial<Record<keyof Size, unknown>> = value;
  return {
    width: expectInteger(`${name}.width`, size.width, from),
    height: expectInteger(`${name}.height`, size.height, from),
  };
}

const known: readonly (keyof DetectOptions)[] = [
  'scaleFactor',
  'minNeighbors',
  'minSize',
  'maxSize',
  'scores',
  ...commonOptions,
];

/** @throws FACEPIPE_E_ARGUMENT unless it is an object */
export function expectDetectOptions(options: unknown): void {
  if (!isObject(options)) throw argumentError('object', 'options', options);
}

/** @throws FACEPIPE_E_ARGUMENT for the first option that is out of its range, or that there is not. */
export function searchOf(options: DetectOptions, image: Pick<GrayImage, 'width' | 'height'>): Search {
  expectDetectOptions(options);
  expectOptions(options, known);
  const { scaleFactor = 1.1, minNeighbors = 3, minSize = 0, maxSize, scores = false, maxFaces } = options;
  if (typeof scaleFactor !== 'number' || !(scaleFactor > 1) || scaleFactor === Number.POSITIVE_INFINITY) {
    throw argumentError('number greater than 1', 'scaleFactor', scaleFactor);
  }
  if (scaleFactor < minScaleFactor) {
    throw argumentError(`number of at least ${minScaleFactor}`, 'scaleFactor', scaleFactor);
  }
  expectInteger('minNeighbors', minNeighbors, 0);
  if (typeof scores !== 'boolean') throw argumentError('boolean', 'scores', scores);
  if (maxFaces !== undefined) expectInteger('maxFaces', maxFaces, 1);
  const scored = scores || maxFaces !== undefined;
  const least = expectSize('minSize', minSize, 0);
  if (maxSize === undefined) {
    return {
      scaleFactor,
      minNeighbors,
      minSize: least,
      maxSize: { width: image.width, height: image.height },
      scores: scored,
    };
  }
  const most = expectSize('maxSize', maxSize, 1);
  if (most.width < least.width || most.height < least.height) {
    const expected = `size of at least minSize (${least.width}x${least.height})`;
    throw argumentError(expected, 'maxSize', maxSize);
  }
  return { scaleFactor, minNeighbors, minSize: least, maxSize: most, scores: scored };
}
