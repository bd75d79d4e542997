import type { Clock } from '@facepipe/service';

/** Where a spool gets its time from. */
export type SpoolClock = Pick<Clock, 'now' | 'elapsed'>;

/** Milliseconds since the spool was made, and the clock on the wall at that moment. */
export interface SpoolMoment {
  time: number;
  wall: number;
  /** Up to when, on the clock on the wall, times in which the spool was closed have counted. */
  counted?: number;
}

/** A device without a battery for its clock starts in 1970, or where an image of its system was made. */
const set = Date.UTC(2025, 0, 1);

/**
 * How long the spool was closed, as far as the clock can tell. Set back, or not set yet, it tells nothing; nor does it
 * when it says that the spool was closed for longer than faces are kept: the clock may be wrong by years, and a device
 * that was switched off for so long delivers late. A stretch of the clock counts once, however often it jumps over it.
 */
export function downtime({ wall, counted = 0 }: Omit<SpoolMoment, 'time'>, now: number, ttl: number): number {
  if (wall < set) return 0;
  const passed = now - Math.max(wall, counted);
  return passed > 0 && passed <= ttl ? passed : 0;
}

/**
 * The age of a spool, which ages of faces are measured by: a clock that is set while the program runs changes nothing,
 * so neither a jump of an hour nor the first NTP answer after a start in 1970 makes a face too old.
 */
export class SpoolTime {
  readonly #clock: SpoolClock;
  readonly #base: number;
  readonly #counted: number;

  /** @param ttl milliseconds that faces are kept */
  constructor(clock: SpoolClock, ttl: number, last?: SpoolMoment) {
    this.#clock = clock;
    const now = clock.now();
    const closed = last ? downtime(last, now, ttl) : 0;
    this.#base = (last ? last.time + closed : 0) - clock.elapsed();
    this.#counted = closed > 0 ? now : (last?.counted ?? 0);
  }

  now(): number {
    return Math.round(this.#base + this.#clock.elapsed());
  }

  /** For the next start. */
  moment(): Required<SpoolMoment> {
    return { time: this.now(), wall: this.#clock.now(), counted: this.#counted };
  }
}
