import { createHash } from 'node:crypto';
import type { EngineName } from '../dist/engines.js';
import { compareFaces, type Face } from '../dist/face.js';
import type { GrayImage } from '../dist/image.js';
import { createDetector, type Detector } from '../dist/index.js';
import type { DetectOptions } from '../dist/option.js';
import type { SweepCase, SweepGroup } from './sweep-case.js';
import { imageFrom } from './sweep-image.js';
import type { NativeFace } from './sweep-native.js';

/** What is compared of one answer. */
export interface Digest {
  count: number;
  /** the first four bytes of the SHA-256 of all x, y, width, height, neighbors as int32 */
  boxes: number;
  /** the same of all scores as float64; 0 when there are none or native OpenCV has several for one box */
  scores: number;
}

export function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

export function digestOf(faces: readonly NativeFace[]): Digest {
  const boxes = Int32Array.from(faces.flatMap((face) => face.slice(0, 5) as number[]));
  const scores = faces.map(([, , , , , score]) => score);
  const known = scores.filter((score) => typeof score === 'number');
  const hash = ({ buffer }: Int32Array | Float64Array) => sha256(new Uint8Array(buffer)).readUInt32LE();
  return {
    count: faces.length,
    boxes: hash(boxes),
    scores: faces.length > 0 && known.length === faces.length ? hash(Float64Array.from(known)) : 0,
  };
}

export function optionsOf({ scaleFactor, minNeighbors, minSize, maxSize }: SweepCase): DetectOptions {
  const size = ([width, height]: readonly [number, number]) => ({ width, height });
  return {
    scaleFactor,
    minNeighbors,
    scores: true,
    ...(minSize && { minSize: size(minSize) }),
    ...(maxSize && { maxSize: size(maxSize) }),
  };
}

function rowOf(face: Face): NativeFace {
  return [face.x, face.y, face.width, face.height, face.neighbors, face.score];
}

/** One detector for each cascade, kept open for all that is asked. */
export class Detectors {
  readonly #engine: EngineName;
  readonly #open = new Map<string, Promise<Detector>>();

  constructor(engine: EngineName) {
    this.#engine = engine;
  }

  async faces(image: GrayImage, one: SweepCase): Promise<NativeFace[]> {
    const { cascade } = one;
    const detector = this.#open.get(cascade) ?? createDetector({ cascade, engine: this.#engine });
    this.#open.set(cascade, detector);
    const found = await (await detector).detect({ ...image, format: 'gray' }, optionsOf(one));
    return found.sort((a, b) => compareFaces(a, b) || (a.score ?? 0) - (b.score ?? 0)).map(rowOf);
  }

  async group({ image, cases }: SweepGroup): Promise<{ pixels: Buffer; answers: NativeFace[][] }> {
    const gray = await imageFrom(image);
    const answers: NativeFace[][] = [];
    for (const one of cases) answers.push(await this.faces(gray, one));
    return { pixels: sha256(gray.data), answers };
  }

  async close(): Promise<void> {
    for (const detector of this.#open.values()) await (await detector).close();
  }
}

/** What differs, in words, or undefined. Scores count where both sides have them. */
export function difference(got: Digest, native: Digest): string | undefined {
  if (got.count !== native.count) return `${got.count} boxes instead of ${native.count}`;
  if (got.boxes !== native.boxes) return 'other boxes or neighbours';
  if (got.scores !== 0 && native.scores !== 0 && got.scores !== native.scores) return 'other scores';
  return undefined;
}
