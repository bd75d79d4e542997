import type { Cascade } from './cascade.js';
import type { Classifier, Engine } from './engine.js';
import { coreError } from './error.js';
import type { Face } from './face.js';
import type { GrayImage } from './image.js';
import type { Search } from './option.js';
import { type Arena, fitArena, writeFrame, writeImage } from './simd-frame.js';
import { addHit, clipFaces, groupHits, type Hits } from './simd-group.js';
import { compileKernel, instantiateKernel, type Kernel, type KernelSource } from './simd-module.js';
import { type Layer, layersOf, roundEven } from './simd-scale.js';
import { vectorsOf } from './simd-vector.js';

/** with the package's version */
const name = 'simd 0.1.0';
const { fround } = Math;

/** The layer's hits as boxes in the image; products are float32, as OpenCV's. */
function gather(kernel: Kernel, arena: Arena, layer: Layer, count: number, hits: Hits): void {
  const pairs = new Int32Array(kernel.memory.buffer, arena.hits, count * 2);
  for (let index = 0; index < pairs.length; index += 2) {
    const x = roundEven(fround((pairs[index] ?? 0) * layer.scale));
    const y = roundEven(fround((pairs[index + 1] ?? 0) * layer.scale));
    addHit(hits, x, y, layer.window.width, layer.window.height);
  }
}

function searchLayer(kernel: Kernel, arena: Arena, layer: Layer, hits: Hits): void {
  kernel.begin();
  for (;;) {
    const found = kernel.search();
    gather(kernel, arena, layer, found < 0 ? -1 - found : found, hits);
    if (found < 0) return;
  }
}

function openClassifier(module: WebAssembly.Module, cascade: Cascade): Classifier {
  const kernel = instantiateKernel(module);
  const vectors = vectorsOf(cascade);
  const hits: Hits = { count: 0, boxes: new Int32Array(4096) };
  let arena: Arena | undefined;

  function detect(image: GrayImage, search: Search): Face[] {
    arena = fitArena(kernel, cascade, vectors, image, arena);
    writeImage(kernel, arena, image);
    hits.count = 0;
    for (const layer of layersOf(cascade, image, search)) {
      if (layer.rows === 0 || layer.columns === 0) continue;
      writeFrame(kernel, arena, cascade, image, layer);
      searchLayer(kernel, arena, layer, hits);
    }
    return clipFaces(groupHits(hits, search.minNeighbors), image);
  }

  return {
    async detect(image, search) {
      try {
        return detect(image, search);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const { width, height } = image;
        throw coreError('FACEPIPE_E_ENGINE_FAILED', { engine: name, width, height, reason }, error);
      }
    },
    async close() {
      arena = undefined;
    },
  };
}

/** The kernel of this package: WebAssembly SIMD, one thread. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
export async function openSimd(source?: KernelSource): Promise<Engine> {
  const module = await compileKernel(source);
  return { name, open: async (cascade) => openClassifier(module, cascade) };
}
