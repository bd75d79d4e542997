import type { Image } from '@facepipe/core';
import type { Box } from '@facepipe/wire';
import { createMotionGate, type MotionGateOptions, type Search } from '../../dist/motion/motion-gate.js';
import { createRandom } from '../../dist/source/random.js';

export const size = { width: 320, height: 240 };

/** What is seen at a moment: brightness of the room, and of what is in it, 0 to 255. */
export interface Moment {
  /** Light falling on the room, and the camera's own; default as it is. */
  light?: (brightness: number, x: number, y: number) => number;
  /** A thing with a pattern, as bright as faces are. */
  thing?: Box;
  /** Deviation of the sensor's noise, levels. Default 4. */
  noise?: number;
}

/** Bands, edges and fine texture, the same every time. */
export function room(x: number, y: number): number {
  const shelf = (x >> 5) % 2 === (y >> 5) % 2 ? 25 : 0;
  return 70 + shelf + 30 * Math.sin(x / 25) + 20 * Math.cos(y / 17) + ((x * 7 + y * 13) % 9);
}

const texture = Float32Array.from({ length: size.width * size.height }, (_, i) =>
  room(i % size.width, Math.floor(i / size.width)),
);

/** A pattern with a mean of 150: eyes and a mouth, as far as a tiny image has them. */
const patternAt = (x: number, y: number) => (((x >> 3) + (y >> 3)) % 3 === 0 ? 90 : 180);

const isIn = ({ x, y, width, height }: Box, atX: number, atY: number) =>
  atX >= x && atX < x + width && atY >= y && atY < y + height;

/** Makes grey pictures of a room, with noise that is the same for the same seed. */
export function createCamera(seed = 1): (moment?: Moment) => Image {
  const random = createRandom(seed);
  const { width, height } = size;
  const noises = Float32Array.from({ length: 4 * width * height }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
  return ({ light, thing, noise = 4 } = {}) => {
    const data = new Uint8ClampedArray(width * height);
    const start = Math.floor(random() * (noises.length - data.length));
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        const bare = thing && isIn(thing, x, y) ? patternAt(x - thing.x, y - thing.y) : (texture[i] ?? 0);
        data[i] = (light ? light(bare, x, y) : bare) + noise * (noises[start + i] ?? 0);
      }
    return { data, width, height, format: 'gray' };
  };
}

export interface Film {
  fps: number;
  seconds: number;
  at?: (seconds: number) => Moment;
  expected?: (seconds: number) => Box[];
  gate?: MotionGateOptions;
  seed?: number;
}

/** The answers of a new gate to a film, one for each frame. */
export function watch({ fps, seconds, at, expected, gate: options, seed }: Film): {
  time: number;
  search: Search;
}[] {
  const camera = createCamera(seed);
  const gate = createMotionGate(options);
  return Array.from({ length: Math.round(seconds * fps) }, (_, i) => {
    const second = i / fps;
    const search = gate.look(camera(at?.(second)), 1000 * second, expected?.(second) ?? []);
    return { time: 1000 * second, search };
  });
}

export const contains = (outer: Box, inner: Box): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  outer.x + outer.width >= inner.x + inner.width &&
  outer.y + outer.height >= inner.y + inner.height;

/** Whether a place was searched as a whole. */
export const covers = (search: Search, box: Box): boolean =>
  search.area === 'frame' || (search.area === 'boxes' && search.boxes.some((one) => contains(one, box)));

/** A gate's answers to the frames of a film. */
type Answers = ReturnType<typeof watch>;

export const from = (answers: Answers, time: number, to = Number.POSITIVE_INFINITY): Answers =>
  answers.filter((one) => one.time >= time && one.time < to);
export const searches = (answers: Answers): Answers => answers.filter(({ search }) => search.area !== 'none');
export const parts = (answers: Answers): Answers => answers.filter(({ search }) => search.area === 'boxes');

export const still: Box = { x: 120, y: 80, width: 60, height: 60 };

/** Walks to the right, 120 pixels a second. */
export const walker = (second: number): Box => ({
  x: Math.round(20 + 120 * second),
  y: 90,
  width: 40,
  height: 40,
});
