import type { Box, PictureRole, Size } from '@facepipe/wire';
import type { Quality } from '../visit/quality.js';
import type { UnnumberedFacts } from './face-store.js';

/** The metadata that all faces of a capture share. */
export type CommonFacts = Pick<UnnumberedFacts, 'device' | 'detector'>;

/** A face, and what is known of it. */
export interface KnownFace {
  /** Whole pixels of the frame. */
  box: Box;
  neighbors: number;
  verify?: number | undefined;
  /** ULID of its visit. */
  track?: string | undefined;
  quality?: Quality | undefined;
  role: PictureRole;
}

/** The metadata of a face in a frame, before it has a number. */
export function factsOf(
  common: CommonFacts,
  { width, height, number, captured }: Size & { number: number; captured: Date },
  { box, neighbors, verify, track, quality, role }: KnownFace,
): UnnumberedFacts {
  return {
    ...common,
    captured,
    frame: number,
    frameSize: { width, height },
    box,
    neighbors,
    ...(verify !== undefined && { verify }),
    ...(track !== undefined && { track }),
    ...(quality && { quality: quality.score, qualityParts: quality.parts }),
    role,
  };
}
