import type { ScoredFace as Face } from './face.js';
import { eps, partition } from './simd-partition.js';

/** Here every face has a score. */
const { fround, min, max } = Math;

/** Raw hits in columns that grow and are kept: nothing is allocated for a hit. */
export interface Hits {
  count: number;
  /** x, y, width and height of each */
  boxes: Int32Array;
  /** what the last stage's trees add up to */
  scores: Float64Array;
  /** for each the first hit of its group, once they are grouped */
  parents: Int32Array;
}

export function emptyHits(room = 1024): Hits {
  return {
    count: 0,
    boxes: new Int32Array(4 * room),
    scores: new Float64Array(room),
    parents: new Int32Array(room),
  };
}

export function addHit(hits: Hits, x: number, y: number, width: number, height: number, score: number): void {
  if (hits.count === hits.scores.length) {
    const { boxes, scores, parents } = emptyHits(hits.count * 2);
    boxes.set(hits.boxes);
    scores.set(hits.scores);
    Object.assign(hits, { boxes, scores, parents });
  }
  const at = hits.count * 4;
  hits.scores[hits.count] = score;
  hits.boxes[at] = x;
  hits.boxes[at + 1] = y;
  hits.boxes[at + 2] = width;
  hits.boxes[at + 3] = height;
  hits.count++;
}

/** Adds the hits `from` to less than `to` of others. */
export function addHits(hits: Hits, { boxes, scores }: Hits, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(index * 4, index * 4 + 4);
    addHit(hits, x, y, width, height, scores[index] ?? 0);
  }
}

/** A copy without spare room, to be sent. */
export function packHits({ count, boxes, scores }: Hits): Hits {
  return { ...emptyHits(0), count, boxes: boxes.slice(0, count * 4), scores: scores.slice(0, count) };
}

/** Half to even, as cvRound; the numbers here are far below 2³¹. */
function rounded(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

function means(hits: Hits): Face[] {
  const groups = new Map<number, Face>();
  partition(hits);
  for (let i = 0; i < hits.count; i++) {
    const root = hits.parents[i] ?? i;
    const none = Number.NEGATIVE_INFINITY;
    const group = groups.get(root) ?? { x: 0, y: 0, width: 0, height: 0, neighbors: 0, score: none };
    groups.set(root, group);
    // sums of 32 bits, which wrap
    group.x = (group.x + (hits.boxes[i * 4] ?? 0)) | 0;
    group.y = (group.y + (hits.boxes[i * 4 + 1] ?? 0)) | 0;
    group.width = (group.width + (hits.boxes[i * 4 + 2] ?? 0)) | 0;
    group.height = (group.height + (hits.boxes[i * 4 + 3] ?? 0)) | 0;
    group.neighbors++;
    group.score = max(group.score, hits.scores[i] ?? none);
  }
  return [...groups.values()].map(({ x, y, width, height, neighbors, score }) => {
    const part = fround(1 / neighbors);
    const mean = (sum: number) => rounded(fround(fround(sum) * part));
    return { x: mean(x), y: mean(y), width: mean(width), height: mean(height), neighbors, score };
  });
}

function isInside(small: Face, large: Face): boolean {
  const dx = rounded(large.width * eps);
  const dy = rounded(large.height * eps);
  return (
    small.x >= large.x - dx &&
    small.y >= large.y - dy &&
    small.x + small.width <= large.x + large.width + dx &&
    small.y + small.height <= large.y + large.height + dy
  );
}

/**
 * OpenCV's groupRectangles: the mean of each group of more than `threshold`, less small ones in better supported ones.
 */
export function groupHits(hits: Hits, threshold: number): Face[] {
  if (threshold === 0) {
    return Array.from({ length: hits.count }, (_, i) => {
      const [x = 0, y = 0, width = 0, height = 0] = hits.boxes.subarray(i * 4, i * 4 + 4);
      return { x, y, width, height, neighbors: 1, score: hits.scores[i] ?? 0 };
    });
  }
  const strong = means(hits).filter(({ neighbors }) => neighbors > threshold);
  return strong.filter(
    (face) =>
      !strong.some(
        (other) =>
          other !== face &&
          (other.neighbors > max(3, face.neighbors) || face.neighbors < 3) &&
          isInside(face, other),
      ),
  );
}

/** The part of each face inside of the image, as OpenCV's clipObjects. */
export function clipFaces(faces: Face[], image: { width: number; height: number }): Face[] {
  for (const face of faces) {
    const right = min(face.x + face.width, image.width);
    const bottom = min(face.y + face.height, image.height);
    face.x = max(face.x, 0);
    face.y = max(face.y, 0);
    face.width = right - face.x;
    face.height = bottom - face.y;
  }
  return faces.filter(({ width, height }) => width > 0 && height > 0);
}
