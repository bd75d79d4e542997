import { expectArgument } from './argument.js';

/** The only source of time; tests put their own in its place. */
export interface Clock {
  /** Milliseconds since 1970. Somebody may set it, forth or back, at any time: only for what others read as a time. */
  now(): number;
  /** Milliseconds since any moment; never set, never goes back. For every duration. */
  elapsed(): number;
  /** Resolves after `ms` milliseconds, or early when `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest time of one of Node's timers, 24.8 days in milliseconds: longer ones are taken for 1 ms. */
const longest = 2 ** 31 - 1;

/** Calls `done` after `ms` milliseconds, however many; returns what stops it. */
function after(ms: number, done: () => void, options: { keepsRunning: boolean }): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    const next = () => (left > longest ? wait(left - longest) : done());
    timer = setTimeout(next, Math.min(Math.max(0, left), longest));
    if (!options.keepsRunning) timer.unref();
  };
  wait(ms);
  return () => clearTimeout(timer);
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        stop();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const stop = after(ms, done, { keepsRunning: true });
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** Aborted after `ms` milliseconds; like AbortSignal.timeout, which ends at 24.8 days, it keeps no program running. */
export function timeoutSignal(ms: number): AbortSignal {
  expectArgument('ms', ms, 'number');
  const over = new AbortController();
  after(ms, () => over.abort(), { keepsRunning: false });
  return over.signal;
}
