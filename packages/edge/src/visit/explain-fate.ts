import type { Box, PictureRole } from '@facepipe/wire';
import type { Quality } from './quality.js';

/** What may become of a candidate, the best first. */
export const fates = [
  'sent',
  'not-best',
  'poor-quality',
  'static',
  'not-confirmed',
  'duplicate',
  'masked',
  'below-threshold',
] as const;

export type Fate = (typeof fates)[number];

/** Something in a frame that looked like a face to a cascade, or to the network. */
interface SeenCandidate {
  /** Pixels of the frame. */
  box: Box;
  /** Raw hits of the cascades. */
  neighbors: number;
  /** The network's score, 0 to 1; absent where none was asked. */
  verify?: number;
  /** The tracker's number for what it belongs to; of a visit, the visit's. Absent where it was not followed. */
  track?: number;
  /** Its track was a visit; absent where it was not. */
  visit?: true;
  quality?: Quality;
}

export interface ExplainedCandidate extends SeenCandidate {
  fate: Fate;
  /** A few words with the numbers that decided. */
  why: string;
}

/** A candidate of a track, until the track is over. */
export interface ExplainedLook extends SeenCandidate {
  /** As the tracker takes it, 0 to 1. */
  confidence: number;
  quality: Quality;
  /** The frame's number. */
  frame: number;
  /** Set once its picture is sent. */
  role?: PictureRole;
}

/** What is known of a track once it is over. */
export interface FinishedTrack {
  /** In which it was seen. */
  frames: number;
  /** Numbers of the frames whose pictures were sent. */
  sent: readonly number[];
  /** It was a visit. */
  visit: boolean;
  /** It has never moved or changed. */
  still: boolean;
  /** It lies where something lifeless was before. */
  lifeless: boolean;
  /** From the first look to the last, ms. */
  lasted: number;
}

interface Limits {
  confident: number;
  minQuality: number;
}

type Verdict = Pick<ExplainedCandidate, 'fate' | 'why'>;

const framesText = (count: number) => (count === 1 ? '1 frame' : `${count} frames`);
const secondsText = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Frames that are named at most; of more, how many there are. */
const maxNamed = 3;

function sentText(sent: readonly number[]): string {
  if (sent.length === 0) return 'nothing was sent';
  if (sent.length > maxNamed) return `${sent.length} others were sent`;
  const numbers = sent.join(', ');
  return sent.length === 1 ? `frame ${numbers} was sent` : `frames ${numbers} were sent`;
}

/** The part that spoils a quality most. */
function worstPart({ parts }: Quality): string {
  const [worst] = Object.entries(parts).sort(([, a], [, b]) => a - b);
  return worst ? `${worst[0]} ${worst[1]}` : '';
}

/** What became of a candidate whose track is over, and why. */
export function fateOf(
  look: ExplainedLook,
  track: FinishedTrack,
  { confident, minQuality }: Limits,
): Verdict {
  const { role, quality, confidence } = look;
  if (role) return { fate: 'sent', why: `${role}, quality ${quality.score}` };
  if (!track.visit && track.lifeless) return { fate: 'static', why: 'where something lifeless was before' };
  if (!track.visit) {
    const seen = `seen in ${framesText(track.frames)}, ${secondsText(track.lasted)}`;
    return { fate: 'not-confirmed', why: seen };
  }
  if (quality.score < minQuality)
    return { fate: 'poor-quality', why: `${quality.score} of ${minQuality}, ${worstPart(quality)}` };
  if (track.still) return { fate: 'static', why: `never moved, ${sentText(track.sent)}` };
  // such a look goes on with a visit, and is never its picture
  if (confidence < confident)
    return { fate: 'not-best', why: `too unsure, ${confidence.toFixed(2)} of ${confident.toFixed(2)}` };
  return { fate: 'not-best', why: sentText(track.sent) };
}
