import { readFileSync } from 'node:fs';
import type { TrueClip, TrueVisit } from './visit-truth.js';

/** Frames of a visit by what the eye says of the picture: the best fifth and what is as good, and the rest. */
interface Ranking {
  top: readonly number[];
  rest: readonly number[];
}

/**
 * Of each visit about 15 pictures, evenly spread, and those that rules chose, were ranked on a sheet in random order,
 * without scores and without knowing who chose what. Ten more were judged later, when the choice had changed to them,
 * which was known then.
 */
const { clips }: { clips: Readonly<Record<string, Readonly<Record<string, Ranking>>>> } = JSON.parse(
  readFileSync(new URL('../eye.json', import.meta.url), 'utf8'),
);

/** A picture is as good as the next one that was ranked, if that is no further away, s. */
const near = 0.5;

/** Whether the eye puts a visit's picture of this frame in the top fifth; undefined where none near was ranked. */
export function isTop({ name, fps }: TrueClip, { person }: TrueVisit, frame: number): boolean | undefined {
  const ranking = clips[name]?.[person];
  if (!ranking) return undefined;
  const away = (frames: readonly number[]) => Math.min(...frames.map((one) => Math.abs(one - frame)));
  const [top, rest] = [away(ranking.top), away(ranking.rest)];
  return Math.min(top, rest) > near * fps ? undefined : top < rest;
}
