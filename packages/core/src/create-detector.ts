import { argumentError, expectInteger, expectOneOf, expectOptions, isObject } from './argument.js';
import { loadCascade } from './cascade.js';
import { type Detector, type DetectorOptions, openDetector } from './detector.js';
import { engineNames, openEngine } from './engines.js';
import { coreError } from './error.js';
import { compileKernel } from './simd-module.js';
import { isKernelSource } from './wasm-module.js';

const known: readonly (keyof DetectorOptions)[] = ['cascade', 'engine', 'wasm', 'threads', 'worker'];

/** More would only wait for each other. */
const maxThreads = 64;

/** Loaded on demand: a detector in the caller's thread needs none of it. @throws FACEPIPE_E_WORKER_UNAVAILABLE */
async function importThread(): Promise<typeof import('./detector-thread.js')> {
  try {
    return await import('./detector-thread.js');
  } catch (error) {
    // service workers cannot load code on demand
    const reason = 'detector-thread.js cannot be loaded here';
    throw coreError('FACEPIPE_E_WORKER_UNAVAILABLE', { reason }, error);
  }
}

/**
 * Makes a detector: loads the engine (once for all detectors of a thread) and the cascade.
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_CASCADE_UNKNOWN, FACEPIPE_E_CASCADE_UNREADABLE, FACEPIPE_E_CASCADE_INVALID,
 *   FACEPIPE_E_ENGINE_UNAVAILABLE, and with `worker` FACEPIPE_E_WORKER_UNAVAILABLE
 */
export async function createDetector(options: DetectorOptions = {}): Promise<Detector> {
  if (!isObject(options)) throw argumentError('object', 'options', options);
  expectOptions(options, known);
  const { cascade: source = 'frontalface_default', engine: name = 'simd', wasm } = options;
  const { threads = 1, worker = false } = options;
  expectOneOf('engine', name, engineNames);
  expectInteger('threads', threads, 1, maxThreads);
  if (name === 'opencv' && threads > 1) {
    throw argumentError('1 (the engine opencv runs on one thread)', 'threads', threads);
  }
  if (wasm !== undefined && !isKernelSource(wasm)) {
    throw argumentError('URL, bytes or WebAssembly.Module', 'wasm', wasm);
  }
  if (typeof worker !== 'boolean') throw argumentError('boolean', 'worker', worker);
  if (!worker) {
    const [cascade, engine] = await Promise.all([loadCascade(source), openEngine(name, wasm)]);
    return openDetector(engine, cascade, threads);
  }
  const [cascade, module, { openDetectorThread }] = await Promise.all([
    loadCascade(source),
    // here: addresses cannot be sent, and another thread that follows needs no other code
    name === 'simd' ? compileKernel(wasm) : undefined,
    importThread(),
  ]);
  return openDetectorThread({ type: 'open', engine: name, cascade, threads, module });
}
