import { overlap } from './blaze-box.js';
import type { Found } from './blaze-decode.js';

/** What overlaps more is the same face: min_suppression_threshold of MediaPipe's face_detection.pbtxt. */
const sameFace = 0.3;

/** One face, and how many boxes were merged into it. */
export interface Merged extends Found {
  neighbors: number;
}

function average(group: readonly Found[]): Omit<Found, 'score'> {
  const total = group.reduce((sum, { score }) => sum + score, 0);
  const mean = (value: (one: Found) => number) =>
    group.reduce((sum, one) => sum + one.score * value(one), 0) / total;
  return {
    x: mean(({ x }) => x),
    y: mean(({ y }) => y),
    width: mean(({ width }) => width),
    height: mean(({ height }) => height),
    points: Array.from({ length: group[0]?.points.length ?? 0 }, (_, index) =>
      mean(({ points }) => points[index] ?? 0),
    ),
  };
}

/**
 * Non-maximum suppression, weighted: the best box takes those that overlap it, and what comes out is their mean by
 * score, with the best one's score (MediaPipe's non_max_suppression_calculator.cc, WEIGHTED).
 */
export function merge(found: readonly Found[]): Merged[] {
  let left = [...found].sort((a, b) => b.score - a.score);
  const merged: Merged[] = [];
  for (let best = left[0]; best; best = left[0]) {
    const top = best;
    const group = left.filter((one) => one === top || overlap(top, one) > sameFace);
    left = left.filter((one) => !group.includes(one));
    merged.push({ ...average(group), score: top.score, neighbors: group.length });
  }
  return merged;
}
