import type { Cascade } from './cascade.js';
import type { Classifier, Engine } from './engine.js';
import { coreError } from './error.js';
import type { Face } from './face.js';
import type { GrayImage } from './image.js';
import type { Search } from './option.js';
import { type Arena, fitArena, loadInto, writeFrame, writeImage } from './simd-frame.js';
import { addHit, clipFaces, emptyHits, groupHits, type Hits } from './simd-group.js';
import { compileKernel, instantiateKernel, type Kernel, type KernelSource } from './simd-module.js';
import { type Layer, layersOf, roundEven } from './simd-scale.js';

/** with the package's version */
const name = 'simd 0.1.0';
const { fround } = Math;

/** The layer's hits as boxes in the image; products are float32, as OpenCV's. */
function gather({ words, reals, hits: address }: Arena, layer: Layer, count: number, hits: Hits): void {
  for (let at = address >> 3, end = at + 2 * count; at < end; at += 2) {
    const x = roundEven(fround((words[2 * at] ?? 0) * layer.scale));
    const y = roundEven(fround((words[2 * at + 1] ?? 0) * layer.scale));
    addHit(hits, x, y, layer.window.width, layer.window.height, reals[at + 1] ?? 0);
  }
}

function searchLayer(kernel: Kernel, arena: Arena, layer: Layer, hits: Hits): void {
  kernel.begin();
  for (;;) {
    const found = kernel.search();
    gather(arena, layer, found < 0 ? -1 - found : found, hits);
    if (found < 0) return;
  }
}

function isSame(a: Search, b: Search): boolean {
  return (
    a.scaleFactor === b.scaleFactor &&
    a.minSize.width === b.minSize.width &&
    a.minSize.height === b.minSize.height &&
    a.maxSize.width === b.maxSize.width &&
    a.maxSize.height === b.maxSize.height
  );
}

/** The layers of one search after another: a camera's frames have the same. */
function layerCache(window: Layer['window']): (image: GrayImage, search: Search) => readonly Layer[] {
  let held: { width: number; height: number; search: Search; layers: readonly Layer[] } | undefined;
  return (image, search) => {
    const { width, height } = image;
    if (held?.width !== width || held.height !== height || !isSame(held.search, search)) {
      const layers = layersOf(window, image, search).filter(({ rows, columns }) => rows > 0 && columns > 0);
      held = { width, height, search, layers };
    }
    return held.layers;
  };
}

function openClassifier(module: WebAssembly.Module, cascade: Cascade): Classifier {
  const kernel = instantiateKernel(module);
  const loaded = loadInto(kernel, cascade);
  const layersFor = layerCache(loaded.window);
  const hits = emptyHits();
  let arena: Arena | undefined;

  function detect(image: GrayImage, search: Search): Face[] {
    arena = fitArena(kernel, loaded, image, arena);
    writeImage(arena, image);
    hits.count = 0;
    for (const layer of layersFor(image, search)) {
      writeFrame(arena, image, layer);
      searchLayer(kernel, arena, layer, hits);
    }
    const faces = clipFaces(groupHits(hits, search.minNeighbors), image);
    return search.scores ? faces : faces.map(({ score: _, ...face }) => face);
  }

  return {
    async detect(image, search) {
      try {
        return detect(image, search);
      } catch (error) {
        // what was laid out may be half overwritten
        arena = undefined;
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
