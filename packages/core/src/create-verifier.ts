import { argumentError, expectOptions, isObject } from './argument.js';
import { expectNetworkOptions } from './blaze-source.js';
import { coreError } from './error.js';
import type { Verifier, VerifierOptions } from './verifier.js';

const known: readonly (keyof VerifierOptions)[] = ['model', 'weights', 'wasm'];

/** Loaded on demand: who only detects needs none of it. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
async function importVerifier(): Promise<typeof import('./open-verifier.js')> {
  try {
    return await import('./open-verifier.js');
  } catch (error) {
    // service workers cannot load code on demand
    const reason = 'open-verifier.js cannot be loaded here';
    const advice = 'Use it in a page or in a worker that may import modules.';
    throw coreError('FACEPIPE_E_ENGINE_UNAVAILABLE', { engine: 'blaze', reason, advice }, error);
  }
}

/**
 * Makes a verifier: BlazeFace (Bazarevsky et al., arXiv:1907.05047), which says whether there is a face where something
 * else has found one.
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_ENGINE_UNAVAILABLE, FACEPIPE_E_WEIGHTS_UNREADABLE, FACEPIPE_E_WEIGHTS_INVALID
 */
export async function createVerifier(options: VerifierOptions = {}): Promise<Verifier> {
  if (!isObject(options)) throw argumentError('object', 'options', options);
  expectOptions(options, known);
  expectNetworkOptions(options);
  return (await importVerifier()).openVerifier(options);
}
