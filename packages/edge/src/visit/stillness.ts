import { type Appearance, likeness } from './appearance.js';
import type { Look } from './look.js';
import { middleOf, sizeOf } from './motion.js';
import { overlap } from './overlap.js';

/**
 * A living face has moved by this much of its size, or grown by it, sooner or later; boxes of a picture on a wall do
 * not.
 */
const moved = 0.25;
/** Or it looks less like itself than this. */
const same = 0.85;

/** Whether a track has ever moved or changed. */
export class Stillness {
  readonly #first: Look;
  #alive = false;

  constructor(first: Look) {
    this.#first = first;
  }

  /** It is seen; a box smoothed over several looks, so that jitter is no movement. */
  see({ box, appearance }: Look): void {
    if (this.#alive) return;
    const first = this.#first;
    const [a, b] = [middleOf(first.box), middleOf(box)];
    const size = sizeOf(first.box);
    const away = Math.hypot(a.x - b.x, a.y - b.y) / size;
    const grown = Math.abs(Math.log(sizeOf(box) / size));
    this.#alive = away > moved || grown > moved || changed(first.appearance, appearance);
  }

  get alive(): boolean {
    return this.#alive;
  }
}

const changed = (a: Appearance | undefined, b: Appearance | undefined): boolean =>
  a !== undefined && b !== undefined && likeness(a, b) < same;

/** Places where something that looks like a face was, and never moved: the oldest is forgotten for the newest. */
export class Spots {
  readonly #spots: Look[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether this is where such a thing was, and looks like it. */
  knows(look: Look): boolean {
    return this.#find(look) >= 0;
  }

  /** Remembers the place; one that is known already is the newest again. */
  add(look: Look): void {
    this.forget(look);
    this.#spots.push(look);
    if (this.#spots.length > this.#most) this.#spots.shift();
  }

  forget(look: Look): void {
    const at = this.#find(look);
    if (at >= 0) this.#spots.splice(at, 1);
  }

  #find({ box, appearance }: Look): number {
    return this.#spots.findIndex(
      (spot) => overlap(spot.box, box) > 0.5 && !changed(spot.appearance, appearance),
    );
  }
}
