import {
  type Box,
  createDetector,
  type DetectOptions,
  type DetectorOptions,
  type EngineName,
  type Face,
  type Image,
  type Point,
  toRgb,
} from '@facepipe/core';
import { argumentError, systemClock } from '@facepipe/service';
import { padBox } from './crop.js';
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

/** Where to look, each apart from the others: whole pixels. */
function areasOf(image: Image, looking: Looking | undefined): readonly Box[] {
  const whole = { x: 0, y: 0, width: image.width, height: image.height };
  if (!looking?.thorough) return looking?.areas ?? [whole];
  // what is small in the whole picture is larger in a part of it; each part costs as much as the whole
  const least = Math.floor(Math.min(image.width, image.height) / 2);
  const parts = looking.expected.filter(({ width, height }) => Math.min(width, height) >= least);
  return [whole, ...parts.map((part) => padBox(part, 0.5, image))];
}

/** A face of a part of a picture, in the picture. */
function moved(face: Face, x: number, y: number): Face {
  const { landmarks } = face;
  const at = (point: Point): Point => ({ x: point.x + x, y: point.y + y });
  const marks = landmarks && {
    rightEye: at(landmarks.rightEye),
    leftEye: at(landmarks.leftEye),
    noseTip: at(landmarks.noseTip),
    mouthCenter: at(landmarks.mouthCenter),
    rightEarTragion: at(landmarks.rightEarTragion),
    leftEarTragion: at(landmarks.leftEarTragion),
  };
  return { ...face, x: face.x + x, y: face.y + y, ...(marks && { landmarks: marks }) };
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
    const found: Face[] = [];
    for (const { x, y, width, height } of areasOf(image, looking)) {
      const isWhole = width === image.width && height === image.height;
      const part: Image = isWhole ? image : { ...toRgb(image, { x, y, width, height }), format: 'rgb' };
      const faces = await detector.detect(part, searchOf(search, least));
      found.push(...faces.map((face) => moved(face, x, y)));
    }
    const sure = found.filter(({ score = 0 }) => score >= threshold);
    if (!looking?.thorough) {
      counts.candidates += found.length;
      counts.confirmed += sure.length;
      counts.rejected += found.length - sure.length;
    }
    counts.searching += systemClock.elapsed() - start;
    return found.map(({ score = 0, ...face }) => ({ ...face, verify: toScore(score) }));
  }

  const { engine, cascade, threads } = detector;
  return { engine, cascade, threshold, threads, counts, detect, close: () => detector.close() };
}
