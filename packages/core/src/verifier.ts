import { argumentError, expectOneOf, expectOptions, isObject } from './argument.js';
import { clipBox, overlap } from './blaze-box.js';
import { decode, type Found } from './blaze-decode.js';
import { openNetwork, type Runner } from './blaze-network.js';
import {
  expectWeightsSource,
  loadWeights,
  type ModelName,
  modelNames,
  type WeightsSource,
} from './blaze-weights.js';
import { coreError } from './error.js';
import type { Box } from './face.js';
import { expectImage, type Image } from './image.js';
import { type Landmarks, landmarksOf } from './landmark.js';
import { isKernelSource, type KernelSource } from './wasm-module.js';

export interface VerifierOptions {
  /**
   * which BlazeFace: `full` (full range, 1 MB) or `short` (short range, 0.2 MB, 40 % less time, some more false
   * alarms); default `full`
   */
  model?: ModelName;
  /** the file of weights where the package's own cannot be read: its address or its bytes; default that file */
  weights?: WeightsSource;
  /**
   * the code of the network where the file blaze.wasm beside this module cannot be read: its address, its bytes, or
   * what WebAssembly.compile made of them; default that file
   */
  wasm?: KernelSource;
}

/** What the network says of one candidate. */
export interface Verdict {
  /**
   * the network's own box, in whole pixels of the image and inside it; the candidate's, as it was given, where it
   * sees no face
   */
  box: Box;
  /**
   * how sure the network is of it, 0 to 1; 0 where it sees no face. From 0.5 (`full`) or 0.6 (`short`) on it is one.
   */
  score: number;
  /** six points of the face; undefined where the score is 0 */
  landmarks: Landmarks | undefined;
}

export interface Verifier {
  /** which BlazeFace */
  readonly model: ModelName;
  /**
   * What the network says of each box, in their order. It looks at a square around each box, twice as large. Calls may
   * overlap, and the image's memory may be used again as soon as the call has returned.
   * @param boxes in pixels of the image, with fractions or without; more properties than these four are ignored
   * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_ENGINE_FAILED, FACEPIPE_E_VERIFIER_CLOSED
   */
  verify(image: Image, boxes: readonly Box[]): Promise<Verdict[]>;
  /** Frees the network's memory. Calling it again does nothing more. */
  close(): Promise<void>;
}

const known: readonly (keyof VerifierOptions)[] = ['model', 'weights', 'wasm'];

/**
 * What the network looks at: a square of so many times the box's larger side, made so many pixels wide. Measured best
 * of 1.5 to 3.
 */
const around = 2;
const side = 96;
/** What overlaps less is another face in the same square. */
const leastOverlap = 0.2;
/** Below this nobody would take it for a face, and most of the places say so. */
const leastScore = 0.001;

/** More would not fit into the numbers that the image is counted in. */
const farthest = 2 ** 31;

function expectBox(value: unknown, index: number): Box {
  const name = `boxes[${index}]`;
  if (!isObject(value)) throw argumentError('object with x, y, width and height', name, value);
  const { x, y, width, height }: Partial<Record<keyof Box, unknown>> = value;
  const number = (side: string, given: unknown, positive: boolean): number => {
    const isFit = typeof given === 'number' && Math.abs(given) <= farthest && (!positive || given > 0);
    if (!isFit) throw argumentError(positive ? 'number above 0' : 'number', `${name}.${side}`, given);
    return given;
  };
  return {
    x: number('x', x, false),
    y: number('y', y, false),
    width: number('width', width, true),
    height: number('height', height, true),
  };
}

function expectBoxes(boxes: unknown): Box[] {
  if (!Array.isArray(boxes)) throw argumentError('array of boxes', 'boxes', boxes);
  return Array.from(boxes, expectBox);
}

/** The best of what the network sees around the box and that is the same face. */
function bestAt(runner: Runner, image: Image, box: Box): Found | undefined {
  const length = around * Math.max(box.width, box.height);
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const region = { x: middle.x - length / 2, y: middle.y - length / 2, width: length, height: length };
  const size = { width: side, height: side };
  const found = decode(runner.run(image, region, side, side), size, region, leastScore);
  let best: Found | undefined;
  for (const one of found)
    if (one.score > (best?.score ?? 0) && overlap(one, box) >= leastOverlap) best = one;
  return best;
}

function judge(runner: Runner, image: Image, box: Box): Verdict {
  const best = bestAt(runner, image, box);
  const seen = best && clipBox(best, image);
  if (!seen) return { box, score: 0, landmarks: undefined };
  return { box: seen, score: best.score, landmarks: landmarksOf(best.points) };
}

/**
 * Makes a verifier: BlazeFace, which says whether there is a face where something else has found one.
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_ENGINE_UNAVAILABLE, FACEPIPE_E_WEIGHTS_UNREADABLE, FACEPIPE_E_WEIGHTS_INVALID
 */
export async function createVerifier(options: VerifierOptions = {}): Promise<Verifier> {
  if (!isObject(options)) throw argumentError('object', 'options', options);
  expectOptions(options, known);
  const { model = 'full', weights, wasm } = options;
  expectOneOf('model', model, modelNames);
  if (weights !== undefined) expectWeightsSource(weights);
  if (wasm !== undefined && !isKernelSource(wasm)) {
    throw argumentError('URL, bytes or WebAssembly.Module', 'wasm', wasm);
  }
  let runner: Runner | undefined = await openNetwork(await loadWeights(model, weights), wasm);
  return {
    model,
    async verify(image, boxes) {
      if (!runner) throw coreError('FACEPIPE_E_VERIFIER_CLOSED');
      const pixels = expectImage(image);
      const candidates = expectBoxes(boxes);
      const open = runner;
      try {
        return candidates.map((box) => judge(open, pixels, box));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const { width, height } = pixels;
        throw coreError('FACEPIPE_E_ENGINE_FAILED', { engine: 'blaze', width, height, reason }, error);
      }
    },
    async close() {
      // a verifier that somebody keeps must not keep the network's memory
      runner = undefined;
    },
  };
}
