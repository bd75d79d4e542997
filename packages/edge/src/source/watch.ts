import type { Clock } from '@facepipe/service';

export interface WatchOptions<T> {
  /** Milliseconds the source may take to its first fresh item, and from one item to the next. */
  opening: number;
  stall: number;
  /** Milliseconds a source may take to end once it is told to; then it is left to itself. */
  grace: number;
  /** False for an item that is passed over and is no sign of life. Asked until the first that is fresh. */
  isFresh: (item: T) => boolean;
  clock: Clock;
}

/** What a source gives, until it ends, `signal` comes or it has been silent for too long. */
export interface Watched<T> extends AsyncIterable<T> {
  /** Milliseconds of silence after which it was stopped; undefined when it was not. */
  readonly stalled: number | undefined;
}

/**
 * A watchdog over one opening of a source. Silence is counted in quarters of `stall` in which the reader waited, and
 * not taken from the time of day, so neither a slow reader nor a clock that is set nor a laptop that slept looks like
 * one.
 */
export function watched<T>(
  frames: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
  { opening, stall, grace, isFresh, clock }: WatchOptions<T>,
): Watched<T> {
  const tick = stall / 4;
  let stalled: number | undefined;

  async function* items(): AsyncGenerator<T> {
    if (signal.aborted) return;
    // AbortSignal.any would leave something behind on a signal that outlives thousands of openings
    const stop = new AbortController();
    const over = new AbortController();
    const iterator = frames(stop.signal)[Symbol.asyncIterator]();
    let waiting = false;
    let silent = 0;
    let timeout = opening;
    let giveUp = (): void => {};
    let abandoned = false;

    const end = (): void => {
      stop.abort();
      void clock.sleep(grace, over.signal).then(() => over.signal.aborted || giveUp());
    };
    const keepWatch = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await clock.sleep(tick, over.signal);
        if (over.signal.aborted || stop.signal.aborted) return;
        if (waiting) silent += 1;
        // the first tick may have begun just before the silence
        if ((silent - 1) * tick < timeout) continue;
        stalled = timeout;
        end();
      }
    };
    const next = (): Promise<IteratorResult<T> | undefined> =>
      new Promise((resolve, reject) => {
        giveUp = () => {
          abandoned = true;
          resolve(undefined);
        };
        iterator.next().then(resolve, reject);
      });

    signal.addEventListener('abort', end, { once: true });
    void keepWatch();
    try {
      for (;;) {
        waiting = true;
        const step = await next();
        waiting = false;
        if (!step || step.done || stop.signal.aborted) return;
        if (timeout === opening && !isFresh(step.value)) continue;
        silent = 0;
        timeout = stall;
        yield step.value;
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      over.abort();
      stop.abort();
      signal.removeEventListener('abort', end);
      if (!abandoned) await iterator.return?.();
    }
  }

  return {
    get stalled() {
      return stalled;
    },
    [Symbol.asyncIterator]: items,
  };
}
