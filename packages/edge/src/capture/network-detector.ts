import {
  createDetector,
  type DetectOptions,
  type DetectorOptions,
  type EngineName,
  type Image,
} from '@facepipe/core';
import { argumentError, systemClock } from '@facepipe/service';
import {
  type DetectedFace,
  type DetectionCounts,
  type Looking,
  toScore,
  weakShare,
} from './face-detector.js';
import type { FaceDetectorOptions, OpenFaceDetector } from './two-stage-detector.js';

/** The engine that is a network. */
const name: EngineName = 'blaze';
/** Of core's engine blaze. */
const scoreByDefault = 0.5;

export const isNetwork = ({ engine }: Pick<FaceDetectorOptions, 'engine'>): boolean => engine === name;

/** What a network alone can be told of where to look; the others are of cascades. It tells scores when it is asked. */
function searchOf({ minSize, maxSize }: DetectOptions, minScore: number): DetectOptions {
  const sizes = { ...(minSize !== undefined && { minSize }), ...(maxSize !== undefined && { maxSize }) };
  return { ...sizes, scores: true, minScore };
}

function detectorOptions({ cascade, threads = 1, wasm }: FaceDetectorOptions): DetectorOptions {
  if (cascade !== undefined) throw argumentError('none with the engine blaze', 'options.cascade', 'one');
  if (threads !== 1) throw argumentError('1 with the engine blaze', 'options.threads', String(threads));
  return { engine: name, ...(wasm && { wasm }) };
}

/**
 * The network by itself, on the whole frame: one stage, no cascade. Of what it finds, `verify` is the least score.
 * @throws FACEPIPE_E_ARGUMENT, and what `createDetector` throws
 */
export async function openNetworkDetector(options: FaceDetectorOptions): Promise<OpenFaceDetector> {
  const { verify: threshold = scoreByDefault } = options;
  const detector = await createDetector(detectorOptions(options));
  const counts: DetectionCounts = { candidates: 0, confirmed: 0, rejected: 0, searching: 0, verifying: 0 };

  async function detect(
    image: Image,
    search: DetectOptions = {},
    looking?: Looking,
  ): Promise<DetectedFace[]> {
    const start = systemClock.elapsed();
    const least = looking ? threshold * weakShare : threshold;
    const found = await detector.detect(image, searchOf(search, least));
    const sure = found.filter(({ score = 0 }) => score >= threshold);
    counts.candidates += found.length;
    counts.confirmed += sure.length;
    counts.rejected += found.length - sure.length;
    counts.searching += systemClock.elapsed() - start;
    return found.map(({ score = 0, ...face }) => ({ ...face, verify: toScore(score) }));
  }

  const { engine, cascade, threads } = detector;
  return { engine, cascade, threshold, threads, counts, detect, close: () => detector.close() };
}
