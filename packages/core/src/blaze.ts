import { clipBox } from './blaze-box.js';
import { decode } from './blaze-decode.js';
import { merge } from './blaze-merge.js';
import { compileBlaze } from './blaze-module.js';
import { openNetwork, type Runner } from './blaze-network.js';
import { blazeSearchOf, networkSize } from './blaze-option.js';
import type { Weights } from './blaze-read.js';
import type { Region } from './blaze-sample.js';
import type { ModelName, NetworkOptions } from './blaze-source.js';
import { loadWeights } from './blaze-weights.js';
import type { Finder } from './engine.js';
import { coreError } from './error.js';
import type { Face } from './face.js';
import type { Image } from './image.js';
import { landmarksOf } from './landmark.js';
import type { DetectOptions, Size } from './option.js';
import { version } from './version.js';

const blazeName = `blaze ${version}`;

/** The image in the middle of the network's, which may have another shape. */
function letterbox(image: Size, size: Size): Region {
  const scale = Math.max(image.width / size.width, image.height / size.height);
  const [width, height] = [scale * size.width, scale * size.height];
  return { x: (image.width - width) / 2, y: (image.height - height) / 2, width, height };
}

function find(runner: Runner, model: ModelName, image: Image, options: DetectOptions): Face[] {
  const search = blazeSearchOf(options, image, model);
  const { minSize, maxSize, minScore } = search;
  const size = networkSize(image, minSize, model);
  const region = letterbox(image, size);
  const found = decode(runner.run(image, region, size.width, size.height), size, region, minScore);
  return merge(found).flatMap(({ score, points, neighbors, ...box }) => {
    const seen = clipBox(box, image);
    const isFit =
      seen !== undefined &&
      neighbors > search.minNeighbors &&
      seen.width >= minSize.width &&
      seen.height >= minSize.height &&
      seen.width <= maxSize.width &&
      seen.height <= maxSize.height;
    if (!isFit) return [];
    const face = { ...seen, neighbors, landmarks: landmarksOf(points) };
    return search.scores ? { ...face, score } : face;
  });
}

/** What the engine blaze is opened with: all of it can be sent to another thread. */
export interface BlazeParts {
  engine: 'blaze';
  model: ModelName;
  weights: Weights;
  module: WebAssembly.Module;
}

/** @throws FACEPIPE_E_ENGINE_UNAVAILABLE, FACEPIPE_E_WEIGHTS_UNREADABLE, FACEPIPE_E_WEIGHTS_INVALID */
export async function loadBlaze({ model = 'full', weights, wasm }: NetworkOptions): Promise<BlazeParts> {
  const [loaded, module] = await Promise.all([loadWeights(model, weights), compileBlaze(wasm)]);
  return { engine: 'blaze', model, weights: loaded, module };
}

/** BlazeFace, which needs no cascade. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
export async function openBlaze({ model, weights, module }: BlazeParts): Promise<Finder> {
  const runner = await openNetwork(weights, module);
  return {
    engine: blazeName,
    cascade: model,
    threads: 1,
    async detect(image, options) {
      try {
        return find(runner, model, image, options);
      } catch (error) {
        if (error instanceof Error && 'code' in error) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        const { width, height } = image;
        throw coreError('FACEPIPE_E_ENGINE_FAILED', { engine: blazeName, width, height, reason }, error);
      }
    },
    async close() {},
  };
}
