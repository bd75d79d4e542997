import type { Face } from '@facepipe/core';
import { overlap } from '../visit/overlap.js';

/** Beyond this intersection over union two candidates are one face, as MediaPipe's min_suppression_threshold has it. */
export const sameFace = 0.3;

/**
 * The candidates of several cascades as one list, each face once (non-maximum suppression). The candidate with the most
 * raw hits goes first, and of equal ones that which more others overlap. It stays, all that overlap it by more than
 * 0.3 (intersection over union) go, and their raw hits count for it: `neighbors` is OpenCV's measure, over all
 * cascades. From the top down, then from the left, as a detector answers.
 */
export function mergeCandidates(faces: readonly Face[]): Face[] {
  let left = byStrength(faces);
  const merged: Face[] = [];
  for (let first = left[0]; first; first = left[0]) {
    let neighbors = 0;
    const others: Face[] = [];
    for (const face of left) {
      if (face === first || overlap(first, face) > sameFace) neighbors += face.neighbors;
      else others.push(face);
    }
    merged.push({ ...first, neighbors });
    left = others;
  }
  return merged.sort(byPlace);
}

function byStrength(faces: readonly Face[]): Face[] {
  const supported = faces.map((face) => ({
    face,
    support: faces.reduce((sum, other) => (overlap(face, other) > sameFace ? sum + 1 : sum), 0),
  }));
  supported.sort(
    (a, b) => b.face.neighbors - a.face.neighbors || b.support - a.support || byPlace(a.face, b.face),
  );
  return supported.map(({ face }) => face);
}

/** From the top down, then from the left, then from small to large. */
export function byPlace(a: Face, b: Face): number {
  return a.y - b.y || a.x - b.x || a.width - b.width || a.height - b.height;
}

/** Faces found in the mirrored picture, in the picture itself. @param width of the picture, pixels */
export function mirrorFaces(faces: readonly Face[], width: number): Face[] {
  return faces.map((face) => ({ ...face, x: width - face.x - face.width }));
}

/** The candidates with the most raw hits, as they stand: what is asked of a picture has a bound. */
export function strongest(faces: readonly Face[], most: number): readonly Face[] {
  if (faces.length <= most) return faces;
  const chosen = new Set(
    [...faces].sort((a, b) => b.neighbors - a.neighbors || byPlace(a, b)).slice(0, most),
  );
  return faces.filter((face) => chosen.has(face));
}
