import { expectBox } from './box.js';
import type { Finder } from './engine.js';
import { compareFaces, type Face, moved } from './face.js';
import type { Image } from './image.js';
import { partOf } from './image-part.js';
import type { DetectOptions } from './option.js';

/** The strongest, at most so many. */
function strongest(faces: readonly Face[], count: number, isNetwork: boolean): Face[] {
  const score = (one: Face, other: Face) => (other.score ?? 0) - (one.score ?? 0);
  const compare = isNetwork
    ? score
    : (one: Face, other: Face) => other.neighbors - one.neighbors || score(one, other);
  // sorted first, so that of equals the same ones stay whichever engine and however many threads
  return [...faces].sort(compareFaces).sort(compare).slice(0, count);
}

/** The faces of one image in their order, with the options that are the same for all finders. */
export async function findFaces(finder: Finder, image: Image, options: DetectOptions): Promise<Face[]> {
  const { roi, maxFaces, scores } = options;
  const box = roi === undefined ? undefined : expectBox(roi, image, 'roi');
  const isNetwork = finder.window === undefined;
  const part = box ? partOf(image, box, isNetwork) : image;
  let faces = await finder.detect(part, options);
  if (maxFaces !== undefined) {
    faces = strongest(faces, maxFaces, isNetwork);
    if (!scores) faces = faces.map(({ score: _, ...face }) => face);
  }
  if (box) faces = faces.map((face) => moved(face, box));
  return faces.sort(compareFaces);
}
