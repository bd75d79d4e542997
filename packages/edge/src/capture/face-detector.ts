import type { DetectOptions, Face, Image, Landmarks } from '@facepipe/core';

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

/** What finds the faces of a capture: `createFaceDetector` makes one, and a `Detector` of @facepipe/core is one. */
export interface FaceDetector {
  /** Engine and version, as `simd 0.1.0`. */
  readonly engine: string;
  /** The cascade's name; of several, with a comma between them. */
  readonly cascade: string;
  /** What confirms its candidates, where something does. */
  readonly verifier?: string;
  /** Absent where nobody counts. */
  readonly counts?: DetectionCounts;
  /** The faces of one picture. The image's memory may be used again as soon as the call has returned. */
  detect(image: Image, options?: DetectOptions): Promise<readonly DetectedFace[]>;
}

/** A score to three decimals, as facts have it. */
export const toScore = (score: number): number => Math.round(score * 1000) / 1000;

/** Facts have room for no longer text. */
const longestText = 256;

/** What found a face, as its facts say: `frontalface_alt2 simd 0.1.0`, and the verifier. Longer text is cut. */
export function detectorText({ cascade, engine, verifier }: FaceDetector): string {
  const text = [cascade, verifier ? `${engine},` : engine, verifier].filter(Boolean).join(' ');
  const plain = [...text.replace(/[\p{Cc}\p{Cs}]/gu, ' ')];
  return plain.length > longestText ? `${plain.slice(0, longestText - 1).join('')}…` : plain.join('');
}
