import { argumentError, expectOneOf } from './argument.js';
import type { KernelSource, Url } from './platform.js';
import { isKernelSource } from './wasm-module.js';

/**
 * Which BlazeFace: `full`, the full-range model, finds faces from near to some metres away; `short`, the short-range
 * one, is a fifth as large, and made for faces that fill much of the image, as a phone's front camera has them.
 */
export type ModelName = 'full' | 'short';

export const modelNames: readonly ModelName[] = ['full', 'short'];

/** The address or the bytes of a file of weights of this package. */
export type WeightsSource = Url | Uint8Array | ArrayBuffer;

/** Where a network comes from. */
export interface NetworkOptions {
  /** which BlazeFace: `full` (full range, 1 MB) or `short` (short range, 0.2 MB); default `full` */
  model?: ModelName;
  /** the file of weights where the package's own cannot be read: its address or its bytes; default that file */
  weights?: WeightsSource;
  /**
   * the code of the network where the file blaze.wasm beside this module cannot be read: its address, its bytes, or
   * what WebAssembly.compile made of them; default that file
   */
  wasm?: KernelSource;
}

function isBytes(source: unknown): source is Uint8Array | ArrayBuffer {
  return ['[object Uint8Array]', '[object ArrayBuffer]'].includes(Object.prototype.toString.call(source));
}

/** @throws FACEPIPE_E_ARGUMENT for the first that is none of its kind */
export function expectNetworkOptions({
  model,
  weights,
  wasm,
}: Partial<Record<keyof NetworkOptions, unknown>>): void {
  if (model !== undefined) expectOneOf('model', model, modelNames);
  if (weights !== undefined && !(weights instanceof URL) && !isBytes(weights)) {
    throw argumentError('URL or bytes', 'weights', weights);
  }
  if (wasm !== undefined && !isKernelSource(wasm)) {
    throw argumentError('URL, bytes or WebAssembly.Module', 'wasm', wasm);
  }
}
