import { type Box, createDetector, createVerifier, type Image, type ModelName } from '@facepipe/core';
import { sampled } from '../../packages/core/dist-test/blaze-crop.js';
import { openSession } from '../../packages/core/dist-test/blaze-reference.js';

/** Of the verifier: it looks at a square of so many times the box's larger side, so many pixels wide. */
const around = 2;
const side = 96;
/** Numbers are summed in another order, and boxes of a neighbouring face may be the best of the square. */
const sameScore = 0.01;

/** Milliseconds of each crop. */
export interface CropTimes {
  ours: number[];
  onnx: number[];
}

/** What a cascade proposes at a low minNeighbors, as the verifier is asked. */
export async function candidatesIn(image: Image): Promise<Box[]> {
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  const boxes = await detector.detect(image, { minNeighbors: 1, minSize: 30 });
  await detector.close();
  if (boxes.length === 0) throw new Error('there is no candidate in the picture');
  return boxes;
}

/** The square around a box as the network sees it, worked out before the clock starts. */
function pixelsAround(image: Image, { x, y, width, height }: Box): Float32Array {
  const length = around * Math.max(width, height);
  const region = { x: x + (width - length) / 2, y: y + (height - length) / 2, width: length, height: length };
  return sampled({ image, region }, side, side);
}

/**
 * The verifier, crops sampled from the image and boxes worked out included, and onnxruntime's network alone, in turns.
 * @throws when they do not give the same score to what is a face
 */
export async function measureCrops(
  model: ModelName,
  image: Image,
  boxes: readonly Box[],
  repeats: number,
): Promise<CropTimes> {
  const verifier = await createVerifier({ model });
  const run = await openSession(model, side, side);
  const crops = boxes.map((box) => ({ box, values: pixelsAround(image, box) }));
  const [ours, onnx]: [number[], number[]] = [[], []];
  for (let turn = -repeats; turn < repeats; turn++) {
    for (const { box, values } of crops) {
      const start = performance.now();
      const [verdict] = await verifier.verify(image, [box]);
      const between = performance.now();
      const { scores } = await run(values);
      const end = performance.now();
      const theirs = 1 / (1 + Math.exp(-Math.max(...scores)));
      if (!verdict || (theirs > 0.5 && Math.abs(verdict.score - theirs) > sameScore))
        throw new Error(`${model} gives ${verdict?.score}, and in onnxruntime ${theirs}`);
      if (turn < 0) continue;
      ours.push(between - start);
      onnx.push(end - between);
    }
  }
  await verifier.close();
  return { ours, onnx };
}
