import type { Image } from '@facepipe/core';
import { argumentError, expectArgument, expectMembers } from '@facepipe/service';
import type { Box } from '@facepipe/wire';
import { areaOf, inFrame, joined, movedBoxes, widened } from './areas.js';
import { Background } from './background.js';
import { bytesIn, type Cells, cellsFor, readCells } from './cells.js';

export interface MotionGateOptions {
  /** Sides of the smallest faces that are searched for, pixels. Default 30. */
  minSize?: number;
  /** Most between two searches of the whole frame, ms. Default 1000. */
  wholeEvery?: number;
  /**
   * Most searches a second for what moves and for visits, two in a row at first. Default 10: in clips of people 98 of
   * 100 faces are then looked for within 0.1 s, as many as without a bound, for a third of the pixels; with 5 it is 65.
   */
  searchRate?: number;
  /** Visits where nothing moves are searched this often, ms. Default 250. */
  stillEvery?: number;
  /** Least difference of a cell that is movement, levels of 255. Default 4. */
  level?: number;
  /** And how many times the cell's usual difference, which is half of its standard deviation. Default 9. */
  deviations?: number;
}

/** Where in a frame to look for faces. Boxes lie in it apart from each other, on even coordinates. */
export type Search = { area: 'none' } | { area: 'boxes'; boxes: Box[] } | { area: 'frame' };

export interface MotionGate {
  /**
   * Where faces are to be looked for in the next frame.
   * @param image of any format; about one pixel in four is read, and nothing is kept
   * @param time of the frame, ms of any clock; one that goes back, and another size of frames, start anew
   * @param expected where open visits should be, and faces of the last search that may become visits, pixels
   * @throws FACEPIPE_E_ARGUMENT
   */
  look(image: Image, time: number, expected: readonly Box[]): Search;
}

/** Margins around what moves and around visits: a share of the longer side; and in smallest faces at least. */
const margin = { moved: 0.25, visit: 0.5, least: 1 };
/** A search of more than this share of a frame is one of the whole. */
const maxOfFrame = 0.5;
const maxBoxes = 4;
/** Searches that may follow each other at once: what comes just after one is answered too. */
const burst = 2;
/** Cells differ by this while noise is not known: three times that of a bad sensor in the dark, levels. */
const learningLevel = 12;
/** Frames with fewer cells on a side are searched whole. */
const minCells = 4;

const numbers = {
  minSize: 'number?',
  wholeEvery: 'number?',
  searchRate: 'number?',
  stillEvery: 'number?',
  level: 'number?',
  deviations: 'number?',
} as const;
const box = { x: 'number', y: 'number', width: 'number', height: 'number' } as const;

/**
 * Says where in each frame faces are to be looked for, so that a room in which nothing happens costs next to nothing:
 * where something moves, around visits, and every second in the whole frame. Pure: no clock of its own, the same for
 * the same frames.
 *
 * What moves differs from a running mean of a tiny image by more than its noise, as in Σ-Δ background estimation
 * (Manzanera and Richefeu, 2007) and Motion's noise tuning; the tiny image, the answer to a change of everything and
 * boxes around what moved are Frigate's. There is no mixture of backgrounds (Zivkovic, 2004) and no long memory: the
 * background is that of the last second, since what has not changed in it was in the last search of the whole frame.
 * @throws FACEPIPE_E_ARGUMENT
 */
export function createMotionGate(options: MotionGateOptions = {}): MotionGate {
  return new Gate(options);
}

/** What is known of frames of one size. */
interface Scene {
  cells: Cells;
  background: Background;
  width: number;
  height: number;
}

class Gate implements MotionGate {
  readonly #options: Required<MotionGateOptions>;
  #scene: Scene | undefined;
  #last = 0;
  #lastWhole = 0;
  #lastVisits = 0;
  #allowed = burst;
  /** All of it has changed since the last search. */
  #owed = false;
  /** Where visits were expected just after the last search; undefined until the next frame tells. */
  #places: readonly Box[] | undefined;

  constructor(options: MotionGateOptions) {
    expectMembers('options', options, numbers);
    const { minSize = 30, wholeEvery = 1000, searchRate = 10, stillEvery = 250 } = options;
    const { level = 4, deviations = 9 } = options;
    this.#options = { minSize, wholeEvery, searchRate, stillEvery, level, deviations };
    for (const [name, value] of Object.entries(this.#options))
      if (!(value > 0 && value < Number.POSITIVE_INFINITY))
        throw argumentError('a finite number above 0', `options.${name}`, String(value));
  }

  look(image: Image, time: number, expected: readonly Box[]): Search {
    expectFrame(image, time, expected);
    const scene = this.#scene;
    const elapsed = time - this.#last;
    this.#last = time;
    if (!scene || elapsed < 0 || scene.width !== image.width || scene.height !== image.height)
      return this.#begin(image, time);
    this.#allowed = Math.min(burst, this.#allowed + (elapsed * this.#options.searchRate) / 1000);
    readCells(image, scene.cells);
    this.#places ??= expected;
    const small = Math.min(scene.cells.columns, scene.cells.rows) < minCells;
    const change = small ? 'all' : scene.background.see(time, elapsed);
    // the next frame would be too late
    if (time + elapsed > this.#lastWhole + this.#options.wholeEvery) return this.#whole(time);
    // the background is the new one already, and does not tell again
    this.#owed ||= change === 'all';
    if (this.#owed) return this.#take() ? this.#whole(time) : { area: 'none' };
    return this.#parts(scene, time, expected);
  }

  #begin(image: Image, time: number): Search {
    const { minSize, level, deviations } = this.#options;
    const { width, height } = image;
    const cells = cellsFor(image, minSize);
    readCells(image, cells);
    const background = new Background(cells, time, { level, deviations, learning: learningLevel });
    this.#scene = { cells, background, width, height };
    this.#allowed = burst;
    return this.#whole(time);
  }

  #whole(time: number): Search {
    this.#owed = false;
    this.#lastWhole = time;
    this.#searched(time);
    return { area: 'frame' };
  }

  #searched(time: number): void {
    this.#lastVisits = time;
    this.#places = undefined;
  }

  #take(): boolean {
    if (this.#allowed < 1) return false;
    this.#allowed--;
    return true;
  }

  #parts({ background, cells, ...frame }: Scene, time: number, expected: readonly Box[]): Search {
    const { minSize, stillEvery } = this.#options;
    const around = (boxes: readonly Box[], share: number) =>
      boxes.flatMap((one) => inFrame(widened(one, share, margin.least * minSize), frame) ?? []);
    const moved = around(movedBoxes(background.changed, cells), margin.moved);
    // one that was expected to go on may have stopped
    const visits = expected.length > 0 ? around([...expected, ...(this.#places ?? [])], margin.visit) : [];
    const due = visits.length > 0 && time >= this.#lastVisits + stillEvery;
    if ((moved.length === 0 && !due) || !this.#take()) return { area: 'none' };
    const boxes = joined([...moved, ...visits], maxBoxes);
    const covered = boxes.reduce((sum, one) => sum + areaOf(one), 0);
    if (covered > maxOfFrame * frame.width * frame.height) return this.#whole(time);
    this.#searched(time);
    return { area: 'boxes', boxes };
  }
}

function expectFrame(image: Image, time: number, expected: readonly Box[]): void {
  expectMembers('image', image, { width: 'number', height: 'number', format: 'text', data: 'object' });
  const { width, height, format, data } = image;
  const bytes = bytesIn(format);
  if (bytes === undefined) throw argumentError('a format of pixels', 'image.format', 'another text');
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    throw argumentError('whole numbers above 0', 'image.width and image.height', `${width}×${height}`);
  if (!(data.length >= width * height * bytes))
    throw argumentError(`${width}×${height} pixels of ${format}`, 'image.data', `${data.length} bytes`);
  expectArgument('time', time, 'number');
  if (!Number.isFinite(time)) throw argumentError('a finite number', 'time', String(time));
  expectArgument('expected', expected, 'list');
  for (const one of expected) {
    expectMembers('expected[]', one, box);
    if (!Object.values(one).every(Number.isFinite) || one.width <= 0 || one.height <= 0)
      throw argumentError('x, y and sides above 0', 'expected[]', JSON.stringify(one));
  }
}
