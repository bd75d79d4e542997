import type { GrayPicture } from './picture.js';

export const search = { scaleFactor: 1.1, minNeighbors: 3, minSize: 30 } as const;

export interface Answer {
  ms: number;
  /** x, y, width, height, neighbors in any order */
  faces: number[][];
}

/** Something that detects faces, and is measured. */
export interface Peer {
  readonly name: string;
  detect(cascade: string, picture: GrayPicture): Promise<Answer>;
  close(): Promise<void>;
}

/** The faces as one text, in one order: OpenCV's own depends on its threads. */
export function shown(faces: readonly number[][]): string {
  return faces
    .map((face) => face.join(','))
    .sort()
    .join(' ');
}

/** Where the cascade's XML is in this repository. */
export function modelUrl(cascade: string): URL {
  const file = cascade.startsWith('lbpcascade_') ? cascade : `haarcascade_${cascade}`;
  return new URL(`../../models/${file}.xml`, import.meta.url);
}
