import type { Clock } from '@facepipe/service';

/** A clock that stands still until it is moved: no test waits, and none is late. */
export function handClock(): { clock: Clock; sleeping: () => number; pass: (ms: number) => void } {
  let time = 1_000_000;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const clock: Clock = {
    now: () => time,
    elapsed: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { until: time + ms, wake: () => {} };
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
    pass(ms) {
      time += ms;
      for (const { until, wake } of [...sleepers]) if (until <= time) wake();
    },
  };
}
