import type { ModelName, WeightsSource } from './blaze-weights.js';
import { type CascadeSource, loadCascade } from './cascade.js';
import type { Engine, Finder } from './engine.js';
import { toGray } from './gray.js';
import { searchOf } from './option.js';
import { openSimd } from './simd.js';
import type { KernelSource } from './wasm-module.js';

/** What engines are opened with; each takes what it knows. */
export interface EngineOptions {
  cascade?: CascadeSource | undefined;
  model?: ModelName | undefined;
  weights?: WeightsSource | undefined;
  wasm?: KernelSource | undefined;
  threads: number;
}

/** A cascade that the engine runs over the grey of images. */
async function openCascade(
  opening: Promise<Engine>,
  { cascade: source = 'frontalface_default', threads }: EngineOptions,
): Promise<Finder> {
  const [cascade, engine] = await Promise.all([loadCascade(source), opening]);
  const classifier = await engine.open(cascade, threads);
  return {
    engine: engine.name,
    cascade: cascade.name,
    get threads() {
      return classifier.threads;
    },
    async detect(image, options) {
      const gray = toGray(image);
      return classifier.detect(gray, searchOf(options, gray));
    },
    close: () => classifier.close(),
  };
}

/** opencv and blaze are loaded on demand: nobody downloads what they do not use. */
const engines = {
  simd: (options: EngineOptions) => openCascade(openSimd(options.wasm), options),
  opencv: (options: EngineOptions) =>
    openCascade(
      import('./opencv.js').then(({ openOpenCv }) => openOpenCv()),
      options,
    ),
  blaze: async (options: EngineOptions) => (await import('./blaze.js')).openBlaze(options),
};

export type EngineName = keyof typeof engines;

export const engineNames = Object.keys(engines) as EngineName[];

/** Those that run cascades, and find the same. */
export const cascadeEngineNames = ['simd', 'opencv'] as const satisfies EngineName[];

/** @throws FACEPIPE_E_ENGINE_UNAVAILABLE when this runtime cannot run it; what loading its cascade or weights throws */
export function openEngine(name: EngineName, options: EngineOptions): Promise<Finder> {
  return engines[name](options);
}
