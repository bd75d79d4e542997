import type { DetectedFace } from '../capture/face-detector.js';
import { cascadeConfidence, type FoundFace } from './visits.js';

/**
 * A face as detection has it, as visits take it.
 * @param minNeighbors at which a cascade's box is a face, where no network was asked
 */
export function foundFace(
  { x, y, width, height, neighbors, verify, landmarks }: DetectedFace,
  minNeighbors?: number,
): FoundFace {
  return {
    box: { x, y, width, height },
    confidence: verify ?? cascadeConfidence(neighbors, minNeighbors),
    neighbors,
    ...(verify !== undefined && { verify }),
    ...(landmarks && { landmarks }),
  };
}
