import type { Engine } from './engine.js';
import { openSimd } from './simd.js';
import type { KernelSource } from './wasm-module.js';

/** opencv is loaded on demand: nobody downloads megabytes they do not use. */
const engines = {
  simd: openSimd,
  opencv: async (): Promise<Engine> => (await import('./opencv.js')).openOpenCv(),
};

export type EngineName = keyof typeof engines;

export const engineNames = Object.keys(engines) as EngineName[];

/** `wasm`: the code of the engine simd. @throws FACEPIPE_E_ENGINE_UNAVAILABLE when this runtime cannot run it */
export function openEngine(name: EngineName, wasm?: KernelSource): Promise<Engine> {
  return engines[name](wasm);
}
