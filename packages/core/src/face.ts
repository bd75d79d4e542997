/** A rectangle in pixels of the image, from its top left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A face, in whole pixels. */
export interface Face extends Box {
  /** how many raw hits were merged into this face: OpenCV's measure of confidence; 1 when `minNeighbors` is 0 */
  neighbors: number;
  /**
   * with the option `scores`: what the trees of the last stage add up to, the largest of the raw hits. The level weight
   * of OpenCV's detectMultiScale3: comparable between faces that one cascade finds, without bounds or a fixed meaning.
   */
  score?: number;
}

/** From the top down, then from the left, then from small to large: the order of every answer of `detect`. */
export function compareFaces(a: Face, b: Face): number {
  return a.y - b.y || a.x - b.x || a.width - b.width || a.height - b.height || a.neighbors - b.neighbors;
}
