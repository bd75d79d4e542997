import type { Box, DetectOptions, Face, Image, Landmarks } from '@facepipe/core';

/** A face as what looks for it tells. */
export interface DetectedFace extends Face {
  /** How sure the network is that this is a face, 0 to 1; absent where none was asked. */
  verify?: number;
  /** Where it sees eyes, nose, mouth and ears, in pixels of the picture. */
  landmarks?: Landmarks;
}

/** A candidate that the network took for no face. */
export interface RejectedFace extends Face {
  /** Its score, 0 to 1; absent where there were too many candidates to ask about this one. */
  verify?: number;
}

/** What was looked at since the start. */
export interface DetectionCounts {
  /** What the cascades proposed, each face once. */
  candidates: number;
  /** Candidates that the network took for faces; of the engine blaze, the faces that it found. */
  confirmed: number;
  /** Candidates that it did not. */
  rejected: number;
  /** Milliseconds spent in cascades, or in the engine blaze. */
  searching: number;
  /** Milliseconds spent on the candidates. */
  verifying: number;
}

/** Of the least score of a face, the part from which on it may continue a visit: 0.3 of 0.5. */
export const weakShare = 0.6;

/** What is known of a picture before faces are looked for in it. */
export interface Looking {
  /** Where visits and what may become one are expected, pixels: the network is asked about these places too. */
  expected: readonly Box[];
  /** Parts of the picture in which faces are looked for, apart from each other, whole pixels. Default: all of it. */
  areas?: readonly Box[];
  /** Told of each candidate that the network rejects, before the answer comes. */
  onRejected?: (face: RejectedFace) => void;
  /**
   * Miss nobody: the picture is searched as wide as it is, and what the network rejects is told too. Not counted.
   * Default: false.
   */
  thorough?: boolean;
}

/** What finds the faces of a capture: `createFaceDetector` makes one, and a `Detector` of @facepipe/core is one. */
export interface FaceDetector {
  /** Engine and version, as `simd 0.1.0`. */
  readonly engine: string;
  /** The cascade's name; of several, with a comma between them. */
  readonly cascade: string;
  /** What confirms its candidates, where something does. */
  readonly verifier?: string;
  /** Least score of a face, where a network is asked: 0 to 1. */
  readonly threshold?: number;
  /** Pixels that a wider picture is made wide before cascades search it; absent where it is searched as it is. */
  readonly width?: number;
  /** Absent where nobody counts. */
  readonly counts?: DetectionCounts;
  /**
   * The faces of one picture. The image's memory may be used again as soon as the call has returned.
   * @param looking where more is known: faces of a lower score are told too, as they may continue a visit
   */
  detect(image: Image, options?: DetectOptions, looking?: Looking): Promise<readonly DetectedFace[]>;
}

/** A score to three decimals, as metadata have it. */
export const toScore = (score: number): number => Math.round(score * 1000) / 1000;

/** Facts have room for no longer text. */
const longestText = 256;

/** What found a face, as its metadata says: `frontalface_alt2 simd 0.1.0`, and the verifier. Longer text is cut. */
export function detectorText({ cascade, engine, verifier }: FaceDetector): string {
  const text = [cascade, verifier ? `${engine},` : engine, verifier].filter(Boolean).join(' ');
  const plain = [...text.replace(/[\p{Cc}\p{Cs}]/gu, ' ')];
  return plain.length > longestText ? `${plain.slice(0, longestText - 1).join('')}…` : plain.join('');
}
