import type { Size } from '@facepipe/wire';
import { type Cast, faceSizes, portraitCount, spriteSize } from './portrait.js';
import { createRandom, integer, pick, type Random } from './random.js';

/** One head on its way: it bounces to and fro within its own column of the picture, so no two ever touch. */
export interface Role {
  cast: Cast;
  /** Frames of the act in which it is there: from `enters` up to before `leaves`. */
  enters: number;
  leaves: number;
  left: Course;
  top: Course;
}

/** Integer positions between `low` and `high`, one `step` a frame, turning round at the ends. */
export interface Course {
  low: number;
  high: number;
  begin: number;
  step: number;
}

/** Some seconds with the same one to three heads; between acts they change places, sizes and number at once. */
export interface Act {
  /** Frames. */
  length: number;
  roles: readonly Role[];
}

const smallest = faceSizes[0] ?? 0;

/** The act with a number, the same for the same seed and size; sizes from 320×240. */
export function createAct(seed: number, number: number, size: Size): Act {
  // 2³² divided by the golden ratio keeps the seeds of successive acts far apart
  const random = createRandom(seed ^ Math.imul(number, 0x9e3779b1));
  const length = integer(random, 20, 60);
  const widest = Math.max(
    ...[0, 1].map((portrait) => spriteSize({ portrait, mirrored: false, size: smallest }).width),
  );
  const columns = integer(random, 1, Math.min(3, Math.floor(size.width / widest)));
  const column = Math.floor(size.width / columns);
  const roles = Array.from({ length: columns }, (_, index) => {
    const cast = castFor(random, { width: column, height: size.height });
    const sprite = spriteSize(cast);
    // the first stays all the time, so no frame is without a face
    const enters = index === 0 ? 0 : integer(random, 0, 15);
    const leaves = index === 0 ? length : length - integer(random, 0, 4);
    const left = courseWithin(random, index * column, (index + 1) * column - sprite.width);
    return { cast, enters, leaves, left, top: courseWithin(random, 0, size.height - sprite.height) };
  });
  return { length, roles };
}

export function positionAt({ low, high, begin, step }: Course, frame: number): number {
  const range = high - low;
  if (range === 0) return low;
  const way = begin - low + step * frame;
  const phase = ((way % (2 * range)) + 2 * range) % (2 * range);
  return low + (phase <= range ? phase : 2 * range - phase);
}

function castFor(random: Random, room: Size): Cast {
  const portrait = integer(random, 0, portraitCount - 1);
  const mirrored = random() < 0.5;
  const fitting = faceSizes.filter((size) => {
    const sprite = spriteSize({ portrait, mirrored, size });
    return sprite.width <= room.width && sprite.height <= room.height;
  });
  return { portrait, mirrored, size: pick(random, fitting) };
}

function courseWithin(random: Random, low: number, high: number): Course {
  return { low, high, begin: integer(random, low, high), step: integer(random, -6, 6) };
}
