import type { SourceOptions } from './source.js';

/** Of the time between two pictures: a camera that is a little early is on time. */
const early = 0.95;

/** Passes over what is too much of a camera's pictures. */
export class Pace {
  readonly #interval: () => number;
  #from = Number.NEGATIVE_INFINITY;

  /** @param interval milliseconds from one picture to the next, as things stand; 0: all are taken */
  constructor(interval: () => number) {
    this.#interval = interval;
  }

  /** Whether the picture of this time, ms, is taken. */
  take(now: number): boolean {
    const interval = this.#interval();
    const due = this.#from + interval * early;
    if (now < due) return false;
    // one that is late does not make the next one early
    this.#from = Math.max(due, now - interval);
    return true;
  }
}

type Pacing = { [Option in 'width' | 'height' | 'fps' | 'previews']?: SourceOptions[Option] | undefined };

/**
 * How many of a live source's JPEGs are decoded, and whether in full. A camera on HTTP is not asked for `fps`, so what
 * is too much of it is passed over.
 */
export function pacing(
  live: boolean,
  { width, height, fps, previews }: Pacing,
): { live: boolean; interval: () => number; previews: boolean } {
  if (!live) return { live, interval: () => 0, previews: false };
  const looks = () => (typeof previews === 'function' ? previews() : previews) ?? Number.POSITIVE_INFINITY;
  return {
    live,
    // 0 for no bound at all
    interval: () => 1000 / Math.min(fps ?? Number.POSITIVE_INFINITY, looks()),
    previews: previews !== undefined && width === undefined && height === undefined,
  };
}
