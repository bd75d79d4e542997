import type { Clock } from '@facepipe/service';

/** A clock that stands still until it is moved: no test waits, and none is late. */
export function handClock(): {
  clock: Clock;
  /** How many sleep. */
  sleeping: () => number;
  pass: (ms: number) => void;
  /** Milliseconds until the next one wakes; undefined where nobody sleeps. */
  next: () => number | undefined;
} {
  let time = 1_000_000;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const clock: Clock = {
    now: () => time,
    elapsed: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { until: time + Math.max(0, ms), wake: () => {} };
        sleeper.wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        };
        signal?.addEventListener('abort', sleeper.wake);
        sleepers.add(sleeper);
      }),
  };
  return {
    clock,
    sleeping: () => sleepers.size,
    next: () => (sleepers.size > 0 ? Math.min(...[...sleepers].map(({ until }) => until)) - time : undefined),
    pass(ms) {
      time += ms;
      for (const { until, wake } of [...sleepers]) if (until <= time) wake();
    },
  };
}
