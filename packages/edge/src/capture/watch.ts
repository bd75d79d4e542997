import type { Box, Pixels, Size } from '@facepipe/wire';
import type { Frame } from '../source/source.js';
import { cropFrame } from './crop.js';
import type { DetectedFace, RejectedFace } from './face-detector.js';
import type { LookedFace } from './visit-capture.js';

/** Something in a frame that looks like a face, and what is made of it so far. */
export interface WatchedFace {
  /** Pixels of the frame. */
  box: Box;
  /**
   * `visit`: of a visit. `new`: a face that is no visit yet. `weak`: too unsure for more than going on with a visit.
   * `rejected`: by the network. `masked`: where faces do not count.
   */
  fate: 'visit' | 'new' | 'weak' | 'rejected' | 'masked';
  /** A few words, of what was left out. */
  why?: string;
  /** ULID of its visit. */
  visit?: string;
  /** When that began, ms since 1970. */
  begin?: number;
  /** 0 to 100, of this look. */
  quality?: number;
  /** The network's score, 0 to 1. */
  verify?: number;
}

/** A frame that somebody looks at. */
export interface WatchedFrame {
  number: number;
  captured: Date;
  /** Of the frame. */
  full: Size;
  /** Nothing moved in it, so that it was not searched: the faces are those of before. */
  still: boolean;
  candidates: readonly WatchedFace[];
  /** As the camera compressed it, where it did. */
  jpeg?: Uint8Array;
  /** All of it, grey or RGB, made when it is asked for. */
  pixels: () => Pixels;
}

/** Somebody who looks at the frames of a capture. */
export interface CaptureWatcher {
  /** Undefined while no frame is wanted; else whether what was left out is wanted too. Asked for each frame. */
  readonly wanted: { rejected: boolean } | undefined;
  /** People who look, for the status. */
  readonly viewers: number;
  /** Takes a frame. Must not throw. */
  show(frame: WatchedFrame): void;
}

/** What a detector and the visits made of a frame. */
export interface Seen {
  looked: readonly LookedFace[];
  masked: readonly DetectedFace[];
  rejected: readonly RejectedFace[];
}

const boxOf = ({ x, y, width, height }: Box): Box => ({ x, y, width, height });
const scoreOf = ({ verify }: Pick<DetectedFace, 'verify'>) => verify !== undefined && { verify };

function lookedFace({ face, sure, quality, track, begin }: LookedFace): WatchedFace {
  const known = { ...(quality && { quality: quality.score }), ...scoreOf(face) };
  const visit = track !== undefined && { visit: track, ...(begin !== undefined && { begin }) };
  const fate = visit ? 'visit' : sure ? 'new' : 'weak';
  return { box: boxOf(face), fate, ...visit, ...known };
}

/** Everything that was seen in a frame, for somebody who looks at it. */
export function watchedFaces({ looked, masked, rejected }: Seen): WatchedFace[] {
  return [
    ...looked.map(lookedFace),
    ...masked.map((face) => ({
      box: boxOf(face),
      fate: 'masked' as const,
      why: 'where faces do not count',
      ...scoreOf(face),
    })),
    ...rejected.map((face) => ({
      box: boxOf(face),
      fate: 'rejected' as const,
      why: 'the network sees no face',
      ...scoreOf(face),
    })),
  ];
}

/** A frame for somebody who looks at it. */
export function watchedFrame(frame: Frame, still: boolean, candidates: readonly WatchedFace[]): WatchedFrame {
  const { number, captured, width, height, jpeg } = frame;
  const full = { width, height };
  const pixels = () => cropFrame(frame, { x: 0, y: 0, ...full });
  return { number, captured, full, still, candidates, ...(jpeg && { jpeg }), pixels };
}
