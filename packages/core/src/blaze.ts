import { clipBox } from './blaze-box.js';
import { decode } from './blaze-decode.js';
import { merge } from './blaze-merge.js';
import { openNetwork, type Runner } from './blaze-network.js';
import { blazeSearchOf, networkSize } from './blaze-option.js';
import type { BlazeParts } from './blaze-parts.js';
import type { Region } from './blaze-sample.js';
import type { ModelName } from './blaze-source.js';
import type { Finder } from './engine.js';
import { engineFailed } from './error.js';
import type { Face } from './face.js';
import type { Image } from './image.js';
import { type Keeper, keeper } from './keeper.js';
import { landmarksOf } from './landmark.js';
import type { DetectOptions, Size } from './option.js';
import { version } from './version.js';

export { loadBlaze } from './blaze-parts.js';

const blazeName = `blaze ${version}`;

/** About how many bytes of memory each pixel of the network's image takes. */
const bytesPerPixel = 100;

/** The image in the middle of the network's, which may have another shape. */
function letterbox(image: Size, size: Size): Region {
  const scale = Math.max(image.width / size.width, image.height / size.height);
  const [width, height] = [scale * size.width, scale * size.height];
  return { x: (image.width - width) / 2, y: (image.height - height) / 2, width, height };
}

function find(network: Keeper<Runner>, model: ModelName, image: Image, options: DetectOptions): Face[] {
  const search = blazeSearchOf(options, image, model);
  const { minSize, maxSize, minScore } = search;
  const size = networkSize(image, minSize, model);
  const region = letterbox(image, size);
  const runner = network.for(size.width * size.height * bytesPerPixel);
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

/** BlazeFace, which needs no cascade. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
export async function openBlaze({ model, weights, module }: BlazeParts): Promise<Finder> {
  const network = await keeper(() => openNetwork(weights, module));
  return {
    engine: blazeName,
    cascade: model,
    threads: 1,
    window: undefined,
    async detect(image, options) {
      try {
        return find(network, model, image, options);
      } catch (error) {
        if (error instanceof Error && 'code' in error) throw error;
        throw engineFailed(blazeName, image, error);
      }
    },
    async close() {},
  };
}
