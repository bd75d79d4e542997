import { type DetectOptions, engineNames } from '@facepipe/core';
import type { FaceDetectorOptions } from '@facepipe/edge';

/** One way to look for faces. */
export interface Setting {
  name: string;
  detector: FaceDetectorOptions;
  detection: DetectOptions;
  /** Least scores of the network that are told apart; empty where none is asked. */
  thresholds: readonly number[];
}

/** Of capture and demo. */
const search = { scaleFactor: 1.1, minSize: 30 };
/** What is looked at has at least this score, and the thresholds choose among it. */
const least = 0.01;
const thresholds = [0.3, 0.4, 0.5, 0.6, 0.7];

function byCascade(cascades: string, minNeighbors: number, verified: boolean): Setting {
  return {
    name: `${cascades}, minNeighbors ${minNeighbors}`,
    detector: { cascade: cascades.split(','), ...(verified && { verify: least }) },
    detection: { ...search, minNeighbors },
    thresholds: verified ? thresholds : [],
  };
}

const alone = ['frontalface_default', 'frontalface_alt', 'frontalface_alt2', 'frontalface_alt_tree'];

/** The network by itself: the smaller the faces it is to find, the larger it makes the picture that it looks at. */
const networks: readonly Setting[] = engineNames
  .filter((engine) => engine === String('blaze'))
  .flatMap((engine) =>
    [20, 30, 40].map((minSize) => ({
      name: `${engine}, minSize ${minSize}`,
      detector: { engine },
      detection: { minSize },
      thresholds: [0.5, 0.6, 0.7],
    })),
  );

/** Cascades as OpenCV has them, then with the verifier, then joined, then the network alone. */
export const settings: readonly Setting[] = [
  ...alone.flatMap((cascade) => [3, 4, 5].map((neighbors) => byCascade(cascade, neighbors, false))),
  ...[3, 1].map((neighbors) => byCascade('frontalface_default', neighbors, true)),
  ...[4, 2, 1, 0].map((neighbors) => byCascade('frontalface_alt2', neighbors, true)),
  byCascade('frontalface_alt2,profileface', 4, false),
  ...[4, 1, 0].map((neighbors) => byCascade('frontalface_alt2,profileface', neighbors, true)),
  ...networks,
];
