import type { SourceOptions } from './source.js';

/** Of the time between two pictures: a camera that is a little early is on time. */
export const early = 0.95;

type Pacing = { [Option in 'width' | 'height' | 'fps' | 'previews']?: SourceOptions[Option] | undefined };

/**
 * How many of a live source's JPEGs are decoded, and whether in full. A camera on HTTP is not asked for `fps`, so what
 * is too much of it is passed over.
 */
export function pacing(
  live: boolean,
  { width, height, fps, previews }: Pacing,
): { interval?: number; previews?: boolean } {
  if (!live) return {};
  const most = Math.min(fps ?? Number.POSITIVE_INFINITY, previews ?? Number.POSITIVE_INFINITY);
  return {
    interval: most < Number.POSITIVE_INFINITY ? 1000 / most : 0,
    previews: previews !== undefined && width === undefined && height === undefined,
  };
}
