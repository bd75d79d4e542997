import { backoff, type Clock, systemClock } from '@facepipe/service';
import type { Frame, Source } from './source.js';
import { sourceError } from './source-error.js';
import { watched } from './watch.js';

/** A stream may take this long to its first frame: ffmpeg alone looks at one for up to 5 s. Milliseconds. */
const opening = 15_000;
/** A camera is looked for at least this often: one client asking is a burden to nobody. Milliseconds. */
const longest = 5_000;
/** After so long a life the next failure is a new one, not the last one again. Milliseconds. */
const steady = 10_000;
/** How long a stream that was given up may take to let go of its camera. Milliseconds. */
const grace = 5_000;

/** A source that comes back. Numbers and counts go on from one opening to the next. */
export interface LastingSource extends Source {
  /** Why no frames come; undefined while they do, and before the first. */
  readonly away: Error | undefined;
  /** Times it was opened again and gave frames. */
  readonly restarts: number;
  /** Times it was silent for too long. */
  readonly stalls: number;
  /** Frames dropped because they were older than the opening: what a driver or a server had kept. */
  readonly stale: number;
}

export interface LastingOptions {
  /** Milliseconds without a frame after which the stream is opened again. */
  stall: number;
  /** Called once when frames stop coming, however many attempts follow. */
  onAway?: (reason: Error) => void;
  /** Called with the first frame after that, and how long there was none, in milliseconds. */
  onBack?: (after: number) => void;
  clock?: Clock;
  random?: () => number;
}

/**
 * A camera or a stream under a watchdog. Where it is live its end is a fault: whenever it ends, fails or falls silent,
 * its frames are asked for again, with wire's backoff and for as long as it takes. Until the first frame has come a
 * failure is thrown, so that a wrong address ends the program.
 * @throws from `frames` what the source throws, unless it is live and has given a frame; FACEPIPE_E_SOURCE_STALLED,
 * FACEPIPE_E_SOURCE_ENDED likewise
 */
export function lastingSource(
  source: Source,
  { stall, onAway, onBack, clock = systemClock, random = Math.random }: LastingOptions,
): LastingSource {
  const { name, live } = source;
  let away: { reason: Error; since: number } | undefined;
  let number = 0;
  let [restarts, stalls, stale] = [0, 0, 0];

  /** The fresh frames of one opening; the end of it is an error. */
  async function* opened(signal: AbortSignal): AsyncGenerator<Frame> {
    const begun = clock.now();
    const isFresh = ({ captured }: Frame): boolean => {
      if (captured.getTime() >= begun) return true;
      stale += 1;
      return false;
    };
    const frames = watched((until) => source.frames(until), signal, {
      opening: Math.max(opening, stall),
      stall,
      grace,
      isFresh,
      clock,
    });
    yield* frames;
    if (signal.aborted || (!live && frames.stalled === undefined)) return;
    if (frames.stalled === undefined) throw sourceError('FACEPIPE_E_SOURCE_ENDED', { source: name });
    stalls += 1;
    throw sourceError('FACEPIPE_E_SOURCE_STALLED', { source: name, seconds: frames.stalled / 1000 });
  }

  function lost(error: unknown): void {
    if (!live || number === 0 || !isPassing(error)) throw error;
    if (away) return;
    away = { reason: error, since: clock.elapsed() };
    onAway?.(error);
  }

  function found(): void {
    if (!away) return;
    const { since } = away;
    away = undefined;
    restarts += 1;
    onBack?.(clock.elapsed() - since);
  }

  async function* lasting(signal: AbortSignal): AsyncGenerator<Frame> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const begun = clock.elapsed();
      try {
        const before = number;
        for await (const frame of opened(signal)) {
          found();
          number = before + frame.number;
          yield { ...frame, number };
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!away && clock.elapsed() - begun > steady) attempt = 0;
        lost(error);
        await clock.sleep(Math.min(longest, backoff(attempt, random())), signal);
      }
    }
  }

  return {
    name,
    live,
    frames: lasting,
    get corrupt() {
      return source.corrupt;
    },
    get dropped() {
      return source.dropped ?? 0;
    },
    get skipped() {
      return source.skipped ?? 0;
    },
    get away() {
      return away?.reason;
    },
    get restarts() {
      return restarts;
    },
    get stalls() {
      return stalls;
    },
    get stale() {
      return stale;
    },
  };
}

/** What time may fix: our own errors and the system's. Anything else is a fault of the program. */
function isPassing(error: unknown): error is Error {
  return error instanceof Error && 'code' in error;
}
