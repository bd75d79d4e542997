import type { Box } from './box.js';
import type { Landmarks, Point } from './landmark.js';

/** Where a face is, and how certain. */
export interface Face extends Box {
  /**
   * how many raw hits were merged into this face: OpenCV's measure of confidence; 1 when `minNeighbors` is 0. Of the
   * engine blaze: how many of the network's boxes were
   */
  neighbors: number;
  /**
   * with the option `scores`: what the trees of the last stage add up to, the largest of the raw hits. The level weight
   * of OpenCV's detectMultiScale3: comparable between faces that one cascade finds, without bounds or a fixed meaning.
   * Of the engine blaze how sure the network is, 0 to 1.
   */
  score?: number;
  /** of the engine blaze: six points of the face */
  landmarks?: Landmarks;
}

/** What a cascade finds, with its score. */
export type ScoredFace = Required<Omit<Face, 'landmarks'>>;

/** From the top down, then from the left, then from small to large: the order of every answer of `detect`. */
export function compareFaces(a: Face, b: Face): number {
  return a.y - b.y || a.x - b.x || a.width - b.width || a.height - b.height || a.neighbors - b.neighbors;
}

const movedPoint = ({ x, y }: Point, by: Point): Point => ({ x: x + by.x, y: y + by.y });

/** A face found in a part of an image, in the pixels of the whole. */
export function moved(face: Face, by: Point): Face {
  const { landmarks } = face;
  const placed = { ...face, ...movedPoint(face, by) };
  if (!landmarks) return placed;
  const points = Object.entries(landmarks).map(([name, point]) => [name, movedPoint(point, by)]);
  return { ...placed, landmarks: Object.fromEntries(points) };
}
