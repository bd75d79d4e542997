import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A box in the words of truth.json, pixels; `invalid` is 1 where nobody could say. */
interface TrueFace {
  x: number;
  y: number;
  w: number;
  h: number;
  invalid?: number;
}

/** A picture and the faces in it. */
export interface Truth {
  file: string;
  faces: readonly TrueFace[];
}

/** Labelled pictures, or without truth.json pictures that have no face. */
export interface Folder {
  path: string;
  labelled: boolean;
  truths: readonly Truth[];
}

/** Where a face was found, pixels. */
interface Found {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What became of the faces of some pictures. */
export interface Tally {
  hits: number;
  falseAlarms: number;
  wanted: number;
}

/** Two boxes are the same face from this intersection over union on. */
export const sameFace = 0.4;

/** `truth.json` is `[{ file, width, height, faces: [{ x, y, w, h, invalid? }] }]`. */
export function readFolder(path: string): Folder {
  const file = join(path, 'truth.json');
  const labelled = existsSync(file);
  const names = labelled ? [] : readdirSync(path).filter((name) => /\.(png|jpe?g|webp)$/i.test(name));
  const truths: Truth[] = labelled
    ? JSON.parse(readFileSync(file, 'utf8'))
    : names.sort().map((name) => ({ file: name, faces: [] }));
  return { path, labelled, truths: truths.map(({ file, faces }) => ({ file: join(path, file), faces })) };
}

function overlap(face: Found, { x, y, w, h }: TrueFace): number {
  const width = Math.min(face.x + face.width, x + w) - Math.max(face.x, x);
  const height = Math.min(face.y + face.height, y + h) - Math.max(face.y, y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (face.width * face.height + w * h - width * height);
}

/** Small, slim and invalid faces neither count when found nor when missed. */
const usable = ({ w, h, invalid }: TrueFace): boolean =>
  !invalid && Math.max(w, h) >= 30 && Math.min(w, h) >= 24;

/** Adds the faces found in one picture. */
export function addTo(tally: Tally, faces: readonly Found[], truth: Truth): void {
  const left = new Set(truth.faces);
  for (const face of faces) {
    const [best] = [...left].sort((a, b) => overlap(face, b) - overlap(face, a));
    if (best && overlap(face, best) >= sameFace) {
      left.delete(best);
      if (usable(best)) tally.hits++;
    } else tally.falseAlarms++;
  }
  tally.wanted += truth.faces.filter(usable).length;
}
