import { argumentError } from './argument.js';
import { coreError, type FacepipeError } from './error.js';
import { nodeModule } from './node-module.js';

/** More would only wait for each other. */
const most = 64;

/** Beyond it a 640×480 image has too little work for each, and slow cores of a phone are waited for. */
const mostByItself = 4;

/** How many threads this machine runs at once, as far as the runtime tells. */
function available(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  const count = nodeModule('node:os')?.availableParallelism?.() ?? navigator?.hardwareConcurrency;
  return typeof count === 'number' && count >= 1 ? Math.floor(count) : 1;
}

/**
 * How many threads are to search.
 * @param engine of those only `simd` has more than one
 * @throws FACEPIPE_E_ARGUMENT
 */
export function threadCount(threads: unknown, engine: string): number {
  const isSingle = engine !== 'simd';
  if (threads === 'auto') return isSingle ? 1 : Math.min(available(), mostByItself);
  const isCount = typeof threads === 'number' && Number.isInteger(threads) && threads >= 1 && threads <= most;
  if (!isCount) throw argumentError(`integer from 1 to ${most} or auto`, 'threads', threads);
  if (isSingle && threads > 1)
    throw argumentError(`1 (the engine ${engine} runs on one thread)`, 'threads', threads);
  return threads;
}

/** Where threads that search together are given up: what is wrong. */
export type GiveUp = (error: unknown) => void;

const isolate =
  'Serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';

/** Why only one thread searches, where more were to. */
export function threadsUnavailable(error: unknown): FacepipeError {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  const otherwise = 'or leave out the option threads.';
  if (crossOriginIsolated === false) {
    const reason = 'the page is not cross-origin isolated, so that its threads may not share memory';
    return coreError('FACEPIPE_E_THREADS_UNAVAILABLE', { reason, advice: `${isolate}, ${otherwise}` }, error);
  }
  const message = error instanceof Error ? error.message : String(error);
  const reason =
    typeof SharedArrayBuffer === 'undefined'
      ? 'this runtime has no SharedArrayBuffer'
      : (message.split('\n')[0] ?? '').replace(/\.$/, '');
  const advice = `Let simd-worker.js lie beside the module and let workers start, ${otherwise}`;
  return coreError('FACEPIPE_E_THREADS_UNAVAILABLE', { reason, advice }, error);
}
