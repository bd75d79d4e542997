import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { overlap, shared } from '@facepipe/edge/visit';
import type { Box } from '@facepipe/wire';

type Span = readonly [first: number, last: number];
/** Frame, x, y, width, height. */
type KeyBox = readonly [number, number, number, number, number];

/** One person's face continuously in view, or a head that counts neither way; frames from 0. */
interface Marked {
  boxes: readonly KeyBox[];
  hidden?: readonly Span[];
}

export interface TrueVisit extends Marked {
  person: string;
  startFrame: number;
  endFrame: number;
  /** The face is large, uncovered and from the front. */
  goodSpans: readonly Span[];
  /** A picture of it must come. */
  expected: boolean;
}

export interface TrueClip {
  file: string;
  name: string;
  frames: number;
  fps: number;
  visits: readonly TrueVisit[];
  ignore: readonly Marked[];
}

/** What a box is: a visit's face, a head that counts neither way, or nothing. */
export type Meaning = TrueVisit | 'ignored' | 'false';

/** Two boxes are the same face from this intersection over union on. */
const sameFace = 0.3;
/** A box with so much of itself in an ignored one is ignored. */
const inside = 0.5;

/** @throws where the folder has no truth.json */
export function readTruth(folder: string): readonly TrueClip[] {
  const { clips }: { clips: readonly TrueClip[] } = JSON.parse(
    readFileSync(join(folder, 'truth.json'), 'utf8'),
  );
  return clips;
}

const within = (frame: number, spans: readonly Span[] = []) =>
  spans.some(([first, last]) => first <= frame && frame <= last);

/** Where it is in a frame, between its key frames; undefined outside them and where it is hidden. */
function boxIn({ boxes, hidden = [] }: Marked, frame: number): Box | undefined {
  const after = boxes.find(([at]) => at >= frame);
  const before = boxes.findLast(([at]) => at <= frame);
  if (!before || !after || within(frame, hidden)) return undefined;
  const gap = hidden.find(([first, last]) => before[0] < first && last < after[0]);
  const span = after[0] - before[0];
  const share = gap ? Number(frame > gap[1]) : span === 0 ? 0 : (frame - before[0]) / span;
  const between = (i: 1 | 2 | 3 | 4) => before[i] + share * (after[i] - before[i]);
  return { x: between(1), y: between(2), width: between(3), height: between(4) };
}

export function meaningOf({ visits, ignore }: TrueClip, frame: number, box: Box): Meaning {
  const fits = visits.flatMap((visit) => {
    const at = boxIn(visit, frame);
    return at && overlap(at, box) >= sameFace ? [{ visit, fit: overlap(at, box) }] : [];
  });
  const [best] = fits.sort((a, b) => b.fit - a.fit);
  if (best) return best.visit;
  const ignored = ignore.some((head) => {
    const at = boxIn(head, frame);
    return at && (overlap(at, box) >= sameFace || shared(at, box) >= inside * box.width * box.height);
  });
  return ignored ? 'ignored' : 'false';
}

export const isGood = ({ goodSpans }: TrueVisit, frame: number): boolean => within(frame, goodSpans);
