import type { DetectOptions } from '@facepipe/core';
import type { Box, Pixels, Size } from '@facepipe/wire';
import type { Frame } from '../source/source.js';
import { overlap } from '../visit/overlap.js';
import { sameFace } from './candidates.js';
import { cropFrame, padBox } from './crop.js';
import type { FaceDetector } from './face-detector.js';
import { mosaic } from './mosaic.js';
import { reducePixels, scaleBox } from './reduce.js';
import { isInPolygon, type Region } from './region.js';

/** The whole frame that a face was in, with nobody else to be recognised. */
export interface Context {
  pixels: Pixels;
  /** The face within it, whole pixels. */
  box: Box;
}

export interface ContextOptions extends Pick<Region, 'exclude'> {
  /** Of the picture, pixels; a frame that is not as wide stays as it is. */
  width: number;
  detector: FaceDetector;
  detection: DetectOptions;
}

/** A frame as it is searched for others, and those who were found, each in the picture's pixels. */
interface Searched {
  pixels: Pixels;
  scale: number;
  others: readonly Box[];
}

/** Others are looked for in a picture no narrower than this, where the frame is as wide, pixels. */
const narrowest = 640;
/** Blocks across a covered face with its margin. Four leave the tone of a head, and no feature of it. */
const blocks = 4;
/** Margin around a covered face, as a fraction of its box: hair, chin and ears. */
const margin = 0.3;
/** Blocks across the picture where an excluded area is covered. */
const blocksAcross = 16;
/** Parts of the picture's shorter side that the network is asked about, each half as wide as the square it looks at. */
const asked = [1 / 2, 1 / 4, 1 / 8];

/** Where the network looks for whom no cascade proposes: squares that overlap by half. */
export function gridOf({ width, height }: Size): Box[] {
  const places: Box[] = [];
  for (const part of asked) {
    const side = Math.max(1, Math.round(Math.min(width, height) * part));
    for (let y = 0; y < height; y += side)
      for (let x = 0; x < width; x += side)
        places.push({
          x: Math.min(x, width - side),
          y: Math.min(y, height - side),
          width: side,
          height: side,
        });
  }
  return places;
}

/**
 * One frame whose faces may be sent with their surroundings. It is held as it is until `settle`, and searched when the
 * first picture is asked for: both cost too much to do for frames that nobody asks for.
 */
export class ContextFrame {
  readonly #options: ContextOptions;
  readonly #size: Size;
  readonly #seen: readonly Box[];
  #frame: Frame | undefined;
  #bytes: number;
  #settled: Promise<Pixels> | undefined;
  #searched: Promise<Searched> | undefined;

  /** @param seen places of the frame where somebody is, or may be: they are covered, whatever else is found */
  constructor(frame: Frame, seen: readonly Box[], options: ContextOptions) {
    this.#options = options;
    this.#frame = frame;
    this.#size = { width: frame.width, height: frame.height };
    this.#seen = seen;
    this.#bytes = frame.data.length;
  }

  /** Held in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Gives up the frame for a picture that is no larger than needed. */
  settle(): void {
    // whoever asks for the picture is told what went wrong
    this.#picture().catch(() => {});
  }

  /**
   * The frame with one face to be seen.
   * @param box of the frame
   * @throws what the detector throws: then there is no picture, rather than one with others in it
   */
  async contextOf(box: Box): Promise<Context> {
    this.#searched ??= this.#search();
    const { pixels, scale, others } = await this.#searched;
    const own = scaleBox(box, scale, pixels);
    const copy = { ...pixels, data: Uint8Array.from(pixels.data) };
    const isOwn = (x: number, y: number): boolean =>
      x >= own.x && y >= own.y && x < own.x + own.width && y < own.y + own.height;
    for (const polygon of this.#options.exclude ?? []) {
      const side = Math.ceil(copy.width / blocksAcross);
      const whole = { x: 0, y: 0, width: copy.width, height: copy.height };
      const at = (x: number, y: number) => ({ x: (x + 0.5) / copy.width, y: (y + 0.5) / copy.height });
      mosaic(copy, whole, side, (x, y) => isInPolygon(polygon, at(x, y)) && !isOwn(x, y));
    }
    for (const other of others) {
      if (overlap(other, own) > sameFace) continue;
      const covered = padBox(other, margin, copy);
      const side = Math.ceil(Math.max(covered.width, covered.height) / blocks);
      mosaic(copy, covered, side, (x, y) => !isOwn(x, y));
    }
    return { pixels: copy, box: own };
  }

  #picture(): Promise<Pixels> {
    this.#settled ??= this.#reduce();
    return this.#settled;
  }

  async #reduce(): Promise<Pixels> {
    const frame = this.#frame;
    if (!frame) throw new Error('a frame is given up once');
    this.#frame = undefined;
    const width = Math.max(this.#options.width, narrowest);
    const pixels = await reducePixels(cropFrame(frame, { x: 0, y: 0, ...this.#size }), width);
    this.#bytes = pixels.data.length;
    return pixels;
  }

  async #search(): Promise<Searched> {
    const { detector, detection, width } = this.#options;
    const { minSize: _min, maxSize: _max, ...search } = detection;
    const picture = await this.#picture();
    const { data, channels } = picture;
    const scale = picture.width / this.#size.width;
    const seen = this.#seen.map((place) => scaleBox(clipped(place, this.#size), scale, picture));
    const found = await detector.detect(
      { data, width: picture.width, height: picture.height, format: channels === 1 ? 'gray' : 'rgb' },
      { ...search, minNeighbors: 0 },
      { expected: [...seen, ...gridOf(picture)], thorough: true },
    );
    const pixels = await reducePixels(picture, width);
    this.#bytes = pixels.data.length;
    const by = pixels.width / picture.width;
    const others = [...found, ...seen].map((place) => scaleBox(clipped(place, picture), by, pixels));
    return { pixels, scale: pixels.width / this.#size.width, others };
  }
}

/** The contexts of pictures, as far as they have any. */
export async function contextsOf<Picture extends { box: Box; whole?: ContextFrame }>(
  pictures: readonly Picture[],
): Promise<Map<Picture, Context>> {
  const contexts = new Map<Picture, Context>();
  for (const picture of pictures)
    if (picture.whole) contexts.set(picture, await picture.whole.contextOf(picture.box));
  return contexts;
}

/** The part of a box within a picture: what is expected may reach beyond its edge. */
function clipped(box: Box, { width, height }: Size): Box {
  const x = Math.min(Math.max(0, box.x), width - 1);
  const y = Math.min(Math.max(0, box.y), height - 1);
  return {
    x,
    y,
    width: Math.max(1, Math.min(width, box.x + box.width) - x),
    height: Math.max(1, Math.min(height, box.y + box.height) - y),
  };
}
