import { argumentError, expectInteger, expectOneOf, expectOptions, isObject } from './argument.js';
import { backendOf } from './backend.js';
import { expectNetworkOptions } from './blaze-source.js';
import { type Detector, type DetectorOptions, openDetector } from './detector.js';
import { engineNames, loadParts, openParts } from './engines.js';
import { coreError } from './error.js';

const known: readonly (keyof DetectorOptions)[] = [
  'cascade',
  'engine',
  'model',
  'weights',
  'wasm',
  'threads',
  'worker',
];

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

/** What an engine has no use for was meant for another. @throws FACEPIPE_E_ARGUMENT */
function expectFor(engine: string, { cascade, model, weights }: DetectorOptions): void {
  if (engine === 'blaze') {
    if (cascade === undefined) return;
    throw argumentError('nothing (the engine blaze has no cascade)', 'cascade', cascade);
  }
  for (const [option, value] of Object.entries({ model, weights })) {
    if (value !== undefined)
      throw argumentError(`nothing (the engine ${engine} has cascades)`, option, value);
  }
}

/**
 * Makes a detector: loads the engine (once for all detectors of a thread) and the cascade.
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_CASCADE_UNKNOWN, FACEPIPE_E_CASCADE_UNREADABLE, FACEPIPE_E_CASCADE_INVALID,
 *   FACEPIPE_E_WEIGHTS_UNREADABLE, FACEPIPE_E_WEIGHTS_INVALID, FACEPIPE_E_ENGINE_UNAVAILABLE, and with `worker`
 *   FACEPIPE_E_WORKER_UNAVAILABLE
 */
export async function createDetector(options: DetectorOptions = {}): Promise<Detector> {
  if (!isObject(options)) throw argumentError('object', 'options', options);
  expectOptions(options, known);
  const { cascade = 'frontalface_default', engine = 'simd', threads = 1, worker = false } = options;
  expectOneOf('engine', engine, engineNames);
  expectInteger('threads', threads, 1, maxThreads);
  if (engine !== 'simd' && threads > 1) {
    throw argumentError(`1 (the engine ${engine} runs on one thread)`, 'threads', threads);
  }
  expectFor(engine, options);
  expectNetworkOptions(options);
  if (typeof worker !== 'boolean') throw argumentError('boolean', 'worker', worker);
  const loading = loadParts({ ...options, engine, cascade, threads });
  if (!worker) return openDetector(backendOf(await openParts(await loading)));
  // loaded here: addresses cannot be sent, and another thread that follows needs no other code
  const [parts, { openDetectorThread }] = await Promise.all([loading, importThread()]);
  return openDetector(await openDetectorThread({ type: 'open', ...parts }));
}
