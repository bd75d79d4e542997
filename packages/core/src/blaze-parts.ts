import { compileBlaze } from './blaze-module.js';
import type { Weights } from './blaze-read.js';
import type { ModelName, NetworkOptions } from './blaze-source.js';
import { loadWeights } from './blaze-weights.js';
import type { WasmModule } from './platform.js';

/** What BlazeFace is opened with: all of it can be sent to another thread. */
export interface BlazeParts {
  engine: 'blaze';
  model: ModelName;
  weights: Weights;
  module: WasmModule;
}

/** @throws FACEPIPE_E_ENGINE_UNAVAILABLE, FACEPIPE_E_WEIGHTS_UNREADABLE, FACEPIPE_E_WEIGHTS_INVALID */
export async function loadBlaze({ model = 'full', weights, wasm }: NetworkOptions): Promise<BlazeParts> {
  const [loaded, module] = await Promise.all([loadWeights(model, weights), compileBlaze(wasm)]);
  return { engine: 'blaze', model, weights: loaded, module };
}
