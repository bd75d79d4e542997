/** Frames of a live source, where a newer one replaces one that nobody took yet. */
export interface Newest<T> extends AsyncIterable<T> {
  /** Frames replaced before they were taken. */
  readonly skipped: number;
}

/**
 * One slot between a source and its reader: while the reader is busy, a live source is read on and only its newest
 * frame is kept. Of a source that is not live every frame passes, each when it is asked for.
 * Leaving the loop stops the source. It can only skip while the event loop runs: detect in a worker, or frames pile up
 * in the operating system's pipes instead.
 * @param onSkipped told of each frame that was replaced
 */
export function newest<T>(
  source: { readonly live: boolean; frames(signal: AbortSignal): AsyncIterable<T> },
  signal: AbortSignal,
  onSkipped: () => void = () => {},
): Newest<T> {
  let skipped = 0;

  async function* latest(): AsyncGenerator<T> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let slot: { item: T } | undefined;
    let end: { failure?: unknown } | undefined;
    let wake = () => {};

    const pump = async () => {
      try {
        for await (const item of source.frames(either)) {
          if (either.aborted) break;
          if (slot) {
            skipped += 1;
            onSkipped();
          }
          slot = { item };
          wake();
        }
        end = {};
      } catch (failure) {
        end = { failure };
      }
      wake();
    };
    const pumping = pump();

    try {
      while (!signal.aborted) {
        if (slot) {
          const { item } = slot;
          slot = undefined;
          yield item;
          // a reader that never waits would starve the pump of its turns
          await new Promise(setImmediate);
        } else if (end) {
          if ('failure' in end) throw end.failure;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      stop.abort();
      await pumping;
    }
  }

  return {
    get skipped() {
      return skipped;
    },
    [Symbol.asyncIterator]: () => (source.live ? latest() : source.frames(signal)[Symbol.asyncIterator]()),
  };
}
