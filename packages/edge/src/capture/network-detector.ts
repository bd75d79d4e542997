import {
  createDetector,
  type DetectOptions,
  type DetectorOptions,
  type EngineName,
  type Image,
} from '@facepipe/core';
import { argumentError, systemClock } from '@facepipe/service';
import { type DetectedFace, type DetectionCounts, type RejectedFace, toScore } from './face-detector.js';
import type { FaceDetectorOptions, OpenFaceDetector } from './two-stage-detector.js';

/** The engine that is a network. */
const name: string = 'blaze';

export const isNetwork = ({ engine }: Pick<FaceDetectorOptions, 'engine'>): boolean =>
  engine === (name as EngineName);

/** What a network alone can be told of where to look; the others are of cascades. It tells scores when it is asked. */
function searchOf({ minSize, maxSize }: DetectOptions): DetectOptions {
  const sizes = { ...(minSize !== undefined && { minSize }), ...(maxSize !== undefined && { maxSize }) };
  return { ...sizes, scores: true };
}

function detectorOptions({ cascade, threads = 1, wasm }: FaceDetectorOptions): DetectorOptions {
  if (cascade !== undefined) throw argumentError('none with the engine blaze', 'options.cascade', 'one');
  if (threads !== 1) throw argumentError('1 with the engine blaze', 'options.threads', String(threads));
  return { engine: name as EngineName, ...(wasm && { wasm }) };
}

/**
 * The network by itself, on the whole frame: one stage, no cascade. Of what it finds, `verify` is the least score.
 * @param onRejected told of each face below `verify`, before `detect` answers
 * @throws FACEPIPE_E_ARGUMENT, and what `createDetector` throws
 */
export async function openNetworkDetector(
  options: FaceDetectorOptions,
  onRejected?: (face: RejectedFace) => void,
): Promise<OpenFaceDetector> {
  const { verify: threshold = 0 } = options;
  const detector = await createDetector(detectorOptions(options));
  const counts: DetectionCounts = { candidates: 0, confirmed: 0, rejected: 0, searching: 0, verifying: 0 };

  async function detect(image: Image, search: DetectOptions = {}): Promise<DetectedFace[]> {
    const start = systemClock.elapsed();
    const found = await detector.detect(image, searchOf(search));
    const sure = found.filter(({ score = 0 }) => score >= threshold);
    for (const { score = 0, ...face } of found)
      if (score < threshold) onRejected?.({ ...face, verify: toScore(score) });
    counts.candidates += found.length;
    counts.confirmed += sure.length;
    counts.rejected += found.length - sure.length;
    counts.searching += systemClock.elapsed() - start;
    return sure.map(({ score = 0, ...face }) => ({ ...face, verify: toScore(score) }));
  }

  const { engine, cascade, threads } = detector;
  return { engine, cascade, threads, counts, detect, close: () => detector.close() };
}
