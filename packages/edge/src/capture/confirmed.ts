import type { Landmarks } from '@facepipe/core';
import type { Box } from '@facepipe/wire';
import { overlap } from '../visit/overlap.js';
import { byPlace, sameFace } from './candidates.js';
import { type DetectedFace, toScore } from './face-detector.js';

/** A candidate with what the network says of it: where the face is, and how sure it is of that. */
export interface Confirmed {
  /** Raw hits of the candidate. */
  neighbors: number;
  /** Whole pixels of the picture. */
  box: Box;
  /** 0 to 1. */
  score: number;
  landmarks?: Landmarks | undefined;
}

/**
 * The faces of confirmed candidates, each once: of boxes that overlap by more than 0.3 the one with the highest score
 * stays (non-maximum suppression). The network's box is the face's; `verify` is its score to three decimals.
 */
export function confirmedFaces(confirmed: readonly Confirmed[]): DetectedFace[] {
  const kept: Confirmed[] = [];
  for (const one of [...confirmed].sort((a, b) => b.score - a.score))
    if (!kept.some(({ box }) => overlap(box, one.box) > sameFace)) kept.push(one);
  const faces = kept.map(({ neighbors, box: { x, y, width, height }, score, landmarks }) => ({
    ...{ x, y, width, height },
    neighbors,
    verify: toScore(score),
    ...(landmarks && { landmarks }),
  }));
  return faces.sort(byPlace);
}
