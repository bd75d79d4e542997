import {
  type Box,
  type Cascade,
  type CascadeSource,
  createDetector,
  createVerifier,
  type DetectOptions,
  type Detector,
  type DetectorOptions,
  type Face,
  type GrayImage,
  type Image,
  loadCascade,
  toGray,
  type Verifier,
} from '@facepipe/core';
import { argumentError, Closing, expectArgument, systemClock } from '@facepipe/service';
import { overlap } from '../visit/overlap.js';
import { mergeCandidates, mirrorFaces, sameFace, strongest } from './candidates.js';
import { type Confirmed, confirmedFaces } from './confirmed.js';
import {
  type DetectedFace,
  type DetectionCounts,
  type FaceDetector,
  type Looking,
  type RejectedFace,
  toScore,
  weakShare,
} from './face-detector.js';
import { mirrorImage } from './mirror.js';
import { partsOf, reduce, scaleFace, scaleOptions } from './reduce.js';

export interface FaceDetectorOptions extends Omit<DetectorOptions, 'cascade' | 'worker'> {
  /** One cascade, or several whose candidates are joined. Default `frontalface_default`. */
  cascade?: CascadeSource | readonly CascadeSource[];
  /** Cascades search the picture made this wide, in pixels, where it is wider. Default: as it is. */
  width?: number;
  /** Least score of the network for a candidate to be a face, above 0 and below 1. Default: none is asked. */
  verify?: number;
}

/** A detector that is closed by whoever opened it. */
export interface OpenFaceDetector extends FaceDetector {
  readonly threads: number;
  readonly counts: DetectionCounts;
  close(): Promise<void>;
}

/** They find one side of a face, and the other in the mirrored picture. */
const isProfile = ({ name }: Cascade): boolean => /profile/i.test(name);

function isList(source: FaceDetectorOptions['cascade']): source is readonly CascadeSource[] {
  return Array.isArray(source);
}

function cascadesOf({ cascade = 'frontalface_default' }: FaceDetectorOptions): readonly CascadeSource[] {
  if (!isList(cascade)) return [cascade];
  if (cascade.length === 0) throw argumentError('one cascade or more', 'options.cascade', 'an empty list');
  return cascade;
}

function expectThreshold(verify: unknown): void {
  if (verify === undefined) return;
  expectArgument('options.verify', verify, 'number');
  if (!(Number(verify) > 0 && Number(verify) < 1))
    throw argumentError('a number above 0 and below 1', 'options.verify', String(verify));
}

/** Candidates of one picture that the network is asked about, those with the most raw hits: a second's work. */
const maxAsked = 512;

/** Something that looks for one kind of face in a picture. */
interface Search {
  detector: Detector;
  bothWays: boolean;
}

const grayOf = (image: GrayImage): Image => ({ ...image, format: 'gray' });

/** What one cascade proposes; calls do not overlap, for each may have threads of its own. */
async function propose(
  { detector, bothWays }: Search,
  gray: GrayImage,
  options: DetectOptions,
): Promise<Face[]> {
  const faces = await detector.detect(grayOf(gray), options);
  if (!bothWays) return faces;
  const mirrored = await detector.detect(grayOf(mirrorImage(gray)), options);
  return [...faces, ...mirrorFaces(mirrored, gray.width)];
}

/**
 * A detector of two stages: cascades propose candidates, and a small network confirms them or not. One cascade without
 * a network answers as a `Detector` of @facepipe/core does, with OpenCV's boxes. Of several, and of what is checked,
 * the candidates are joined first, each face once, and profiles are looked for both ways.
 * @param onRejected told of each candidate that the network rejects, before `detect` answers
 * @throws FACEPIPE_E_ARGUMENT, and what `createDetector` and `createVerifier` throw
 */
export async function openTwoStageDetector(
  options: FaceDetectorOptions,
  onRejected?: (face: RejectedFace) => void,
): Promise<OpenFaceDetector> {
  expectArgument('options', options, 'object');
  const { verify: threshold, cascade: _, width: searched, ...engineOptions } = options;
  expectThreshold(threshold);
  if (searched !== undefined) expectArgument('options.width', searched, 'number');
  const cascades = await Promise.all(cascadesOf(options).map(loadCascade));
  const joined = cascades.length > 1 || threshold !== undefined;
  const closing = new Closing();
  try {
    const searches: Search[] = [];
    for (const cascade of cascades) {
      const detector = closing.add(await createDetector({ ...engineOptions, cascade }));
      searches.push({ detector, bothWays: joined && isProfile(cascade) });
    }
    const verifier = threshold === undefined ? undefined : closing.add(await createVerifier());
    const stages = { searches, verifier, threshold: threshold ?? 0, joined, searched, onRejected };
    return assemble(stages, () => closing.close());
  } catch (error) {
    await closing.close();
    throw error;
  }
}

interface Stages {
  searches: readonly Search[];
  verifier: Verifier | undefined;
  threshold: number;
  joined: boolean;
  /** Pixels; undefined: all. */
  searched: number | undefined;
  onRejected: ((face: RejectedFace) => void) | undefined;
}

/** The candidates without a sufficient score, each as the cascades proposed it; in the order of the candidates. */
function rejectedOf(
  candidates: readonly Face[],
  asked: readonly Face[],
  verdicts: readonly { score: number }[],
  threshold: number,
): RejectedFace[] {
  const scores = new Map(asked.map((face, index) => [face, verdicts[index]?.score ?? 0]));
  return candidates.flatMap((face) => {
    const score = scores.get(face);
    if (score === undefined) return [face];
    return score < threshold ? [{ ...face, verify: toScore(score) }] : [];
  });
}

function assemble(stages: Stages, close: () => Promise<void>): OpenFaceDetector {
  const { searches, verifier, threshold, joined, searched, onRejected } = stages;
  const detectors = searches.map(({ detector }) => detector);
  const counts: DetectionCounts = { candidates: 0, confirmed: 0, rejected: 0, searching: 0, verifying: 0 };

  async function candidatesOf(image: Image, options: DetectOptions, looking?: Looking): Promise<Face[]> {
    const start = systemClock.elapsed();
    const { gray, scale } = await reduce(toGray(image), looking?.thorough ? 0 : searched);
    const smaller = scale === 1 ? options : scaleOptions(options, 1 / scale);
    const found: Face[] = [];
    for (const { x, y, part } of partsOf(gray, looking?.areas, scale)) {
      for (const search of searches) {
        const faces = await propose(search, part, smaller);
        found.push(...faces.map((face) => ({ ...face, x: face.x + x, y: face.y + y })));
      }
    }
    const full = scale === 1 ? found : found.map((face) => scaleFace(face, scale, image));
    const candidates = joined ? mergeCandidates(full) : full;
    if (!looking?.thorough) counts.candidates += candidates.length;
    counts.searching += systemClock.elapsed() - start;
    return candidates;
  }

  async function confirm(
    verifier: Verifier,
    image: Image,
    candidates: readonly Face[],
    looking: Looking | undefined,
  ): Promise<DetectedFace[]> {
    const start = systemClock.elapsed();
    const ask = async (boxes: readonly (Box & { neighbors?: number })[]): Promise<Confirmed[]> => {
      const answers = await verifier.verify(image, boxes);
      return answers.map((answer, index) => ({ ...answer, neighbors: boxes[index]?.neighbors ?? 0 }));
    };
    const isSure = ({ score }: Confirmed): boolean => score >= threshold;
    const asked = strongest(candidates, maxAsked);
    const verdicts = await ask(asked);
    const sure = verdicts.filter(isSure);
    const least = looking ? threshold * weakShare : threshold;
    const tell = looking?.onRejected ?? onRejected;
    if (tell) for (const face of rejectedOf(candidates, asked, verdicts, least)) tell(face);
    if (!looking?.thorough) {
      counts.confirmed += sure.length;
      counts.rejected += candidates.length - sure.length;
    }
    const unseen = looking?.expected.filter(
      (place) => !sure.some(({ box }) => overlap(box, place) > sameFace),
    );
    if (unseen && unseen.length > 0) verdicts.push(...(await ask(unseen)));
    counts.verifying += systemClock.elapsed() - start;
    return confirmedFaces(verdicts.filter(({ score }) => score >= least));
  }

  return {
    engine: detectors[0]?.engine ?? '',
    cascade: detectors.map(({ cascade }) => cascade).join(','),
    ...(verifier && { verifier: `blaze ${verifier.model}` }),
    get threads() {
      return Math.max(...detectors.map(({ threads }) => threads));
    },
    counts,
    ...(verifier && { threshold }),
    ...(searched !== undefined && { width: searched }),
    async detect(image, options = {}, looking) {
      const candidates = await candidatesOf(image, options, looking);
      if (!verifier) return candidates;
      const faces = await confirm(verifier, image, candidates, looking);
      return looking?.thorough ? [...faces, ...candidates] : faces;
    },
    close,
  };
}
