import type { Box } from '@facepipe/wire';
import type { Appearance } from './appearance.js';

/** A face in one frame, as the tracker sees it. */
export interface Look {
  /** In units of the frame's width. */
  box: Box;
  /** That it is a face, 0 to 1. */
  confidence: number;
  /** Worth to start a visit. */
  confident: boolean;
  appearance: Appearance | undefined;
}
