/** A place in pixels of the image, from its top left corner, with fractions; it may lie outside. */
export interface Point {
  x: number;
  y: number;
}

/**
 * Six points of a face, in MediaPipe's order. Right and left are the person's: the right eye is on the left in the
 * image.
 */
export interface Landmarks {
  rightEye: Point;
  leftEye: Point;
  noseTip: Point;
  mouthCenter: Point;
  /** where the ear joins the face */
  rightEarTragion: Point;
  leftEarTragion: Point;
}

/** From x and y of each, one after the other. */
export function landmarksOf(points: readonly number[]): Landmarks {
  const point = (index: number): Point => ({ x: points[2 * index] ?? 0, y: points[2 * index + 1] ?? 0 });
  return {
    rightEye: point(0),
    leftEye: point(1),
    noseTip: point(2),
    mouthCenter: point(3),
    rightEarTragion: point(4),
    leftEarTragion: point(5),
  };
}
