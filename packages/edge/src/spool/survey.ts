import type { KeptIdentity } from './face.js';
import { type Found, scanFaces } from './scan.js';
import type { Place, Segments, Written } from './segments.js';

/** A face that is in the files, whatever the index says. */
export interface FoundFace extends Place, KeptIdentity {}

/** What is in the files of faces. */
export interface Survey {
  /** By id, each where it was written last; in the order of that. */
  faces: Map<string, FoundFace>;
  /** Where there are faces that do not name themselves. */
  unnamed: Set<string>;
  /** There were bytes that are no whole face. */
  damaged: boolean;
}

/** How `unnamed` has a place. */
export const placeName = ({ segment, offset, bytes }: Place): string => `${segment} ${offset} ${bytes}`;

/** Reads the files from a place on. @throws what reading them throws */
export async function survey(segments: Segments, from: Written): Promise<Survey> {
  const seen: Survey = { faces: new Map(), unnamed: new Set(), damaged: false };
  const numbers = [...segments.sizes.keys()].filter((segment) => segment >= from.segment);
  for (const segment of numbers.sort((a, b) => a - b)) {
    const file = await segments.readWhole(segment);
    const { found, damaged } = scanFaces(file, segment === from.segment ? from.end : 0);
    seen.damaged ||= damaged;
    for (const face of found) note(seen, segment, face);
  }
  return seen;
}

function note({ faces, unnamed }: Survey, segment: number, { offset, bytes, identity }: Found): void {
  const place = { segment, offset, bytes };
  if (!identity) {
    unnamed.add(placeName(place));
    return;
  }
  // a copy is as good; the later one stays
  faces.delete(identity.id);
  faces.set(identity.id, { ...place, ...identity });
}
