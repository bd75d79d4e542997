import { argumentError, isObject } from './argument.js';
import type { Signal } from './platform.js';

/** @throws FACEPIPE_E_ARGUMENT unless it is an AbortSignal or undefined, and the signal's reason if it is aborted */
export function expectSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  // by its members: those of other realms are as good
  if (!isObject(signal) || !('aborted' in signal && 'addEventListener' in signal)) {
    throw argumentError('AbortSignal', 'signal', signal);
  }
  const known = signal as AbortSignal;
  expectGoing(known);
  return known;
}

/** @throws the signal's reason if it is aborted */
export function expectGoing(signal: Signal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

/** What the work gives, or the signal's reason as soon as it is aborted. The work itself goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    // it may have been aborted meanwhile
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
