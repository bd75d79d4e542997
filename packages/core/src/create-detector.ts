import { argumentError, expectOneOf, expectOptions, isObject } from './argument.js';
import { backendOf } from './backend.js';
import { expectNetworkOptions } from './blaze-source.js';
import { type Detector, type DetectorOptions, openDetector } from './detector.js';
import { engineNames, loadParts, openParts } from './engines.js';
import { coreError, type FacepipeError } from './error.js';
import { threadCount, threadsUnavailable } from './thread-count.js';

const known: readonly (keyof DetectorOptions)[] = [
  'cascade',
  'engine',
  'model',
  'weights',
  'wasm',
  'threads',
  'worker',
  'onWarning',
];

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

/** Says the first warning, and no other. @throws FACEPIPE_E_ARGUMENT */
function warner(onWarning: unknown): (warning: FacepipeError) => void {
  if (onWarning !== undefined && typeof onWarning !== 'function')
    throw argumentError('function', 'onWarning', onWarning);
  let isSaid = false;
  return (warning) => {
    if (isSaid) return;
    isSaid = true;
    try {
      onWarning?.(warning);
    } catch (error) {
      // the caller's fault, and not the detector's
      queueMicrotask(() => {
        throw error;
      });
    }
  };
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
  const count = threadCount(threads, engine);
  expectFor(engine, options);
  expectNetworkOptions(options);
  if (typeof worker !== 'boolean') throw argumentError('boolean', 'worker', worker);
  const warn = warner(options.onWarning);
  const loading = loadParts({ ...options, engine, cascade, threads: count });
  if (!worker) {
    return openDetector(
      backendOf(await openParts(await loading, (error) => warn(threadsUnavailable(error)))),
    );
  }
  // loaded here: addresses cannot be sent, and another thread that follows needs no other code
  const [parts, { openDetectorThread }] = await Promise.all([loading, importThread()]);
  return openDetector(await openDetectorThread({ type: 'open', ...parts }, warn));
}
