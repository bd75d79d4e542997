import { argumentError, isObject } from './argument.js';
import { clipBox, overlap } from './blaze-box.js';
import { decodeBest, type Found } from './blaze-decode.js';
import { openNetwork, type Runner } from './blaze-network.js';
import { loadBlaze } from './blaze-parts.js';
import type { Box } from './box.js';
import { asyncDispose } from './dispose.js';
import { coreError, engineFailed } from './error.js';
import type { Image } from './image.js';
import { imageReader } from './image-read.js';
import { landmarksOf } from './landmark.js';
import type { Verdict, Verifier, VerifierOptions } from './verifier.js';

/** What the network looks at: a square of so many times the box's larger side, made so many pixels wide. */
const around = 2;
const side = 96;
/** What overlaps less is another face in the same square. */
const minOverlap = 0.2;
/** Below this nobody would take it for a face, and most of the places say so. */
const minScore = 0.001;

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
  const answers = runner.run(image, region, side, side);
  return decodeBest(answers, size, region, minScore, (one) => overlap(one, box) >= minOverlap);
}

function judge(runner: Runner, image: Image, box: Box): Verdict {
  const best = bestAt(runner, image, box);
  const seen = best && clipBox(best, image);
  if (!seen) return { box, score: 0, landmarks: undefined };
  return { box: seen, score: best.score, landmarks: landmarksOf(best.points) };
}

/** @throws FACEPIPE_E_ENGINE_UNAVAILABLE, FACEPIPE_E_WEIGHTS_UNREADABLE, FACEPIPE_E_WEIGHTS_INVALID */
export async function openVerifier(options: VerifierOptions): Promise<Verifier> {
  const { model, weights, module } = await loadBlaze(options);
  let runner: Runner | undefined = await openNetwork(weights, module);
  const reader = imageReader();

  async function close(): Promise<void> {
    // a verifier that somebody keeps must not keep the network's memory, nor a canvas
    runner = undefined;
    reader.close();
  }

  return {
    model,
    async verify(image, boxes) {
      if (!runner) throw coreError('FACEPIPE_E_VERIFIER_CLOSED');
      const read = reader.read(image);
      const candidates = expectBoxes(boxes);
      const open = runner;
      // what can be looked at once is, so that its memory may be used again when this returns
      const pixels = read instanceof Promise ? await read : read;
      try {
        return candidates.map((box) => judge(open, pixels, box));
      } catch (error) {
        throw engineFailed('blaze', pixels, error);
      }
    },
    close,
    [asyncDispose]: close,
  };
}
