import { readFile } from 'node:fs/promises';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { readTflite } from '../dist/tflite.js';
import { type Crop, sampled } from './blaze-crop.js';
import { onnxOf } from './onnx.js';

const files = {
  full: 'face_detection_full_range.tflite',
  short: 'face_detection_short_range.tflite',
} as const;

interface Numbers {
  boxes: Float32Array;
  scores: Float32Array;
}

export type Reference = (crop: Crop) => Promise<Numbers>;

/** The published model in onnxruntime, one thread, for pixels of one size as `sampled` gives them. */
export async function openSession(
  model: keyof typeof files,
  width: number,
  height: number,
): Promise<(values: Float32Array) => Promise<Numbers>> {
  env.wasm.numThreads = 1;
  const url = new URL(import.meta.resolve(`@mediapipe/face_detection/${files[model]}`));
  const { bytes, input, outputs } = onnxOf(readTflite(await readFile(url)), width, height);
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  return async (values) => {
    const answer = await session.run({ [input]: new Tensor('float32', values, [1, 3, height, width]) });
    const tensors = outputs.map((output) => answer[output]?.data as Float32Array);
    const [boxes, scores] = tensors.sort((a, b) => b.length - a.length);
    if (!boxes || !scores) throw new Error('the reference has no answer');
    return { boxes, scores };
  };
}

/** The published model in onnxruntime, for parts of pictures. */
export async function openReference(
  model: keyof typeof files,
  width: number,
  height: number,
): Promise<Reference> {
  const run = await openSession(model, width, height);
  return (crop) => run(sampled(crop, width, height));
}
