/** Where a spool gets its time from. */
export interface SpoolClock {
  /** Milliseconds since 1970; may be set back and forth. */
  now(): number;
  /** Milliseconds since any moment; never goes back, and knows nothing of the clock on the wall. */
  elapsed(): number;
}

export const spoolClock: SpoolClock = { now: () => Date.now(), elapsed: () => performance.now() };

/** Milliseconds since the spool was made, and the clock on the wall at that moment. */
export interface SpoolMoment {
  time: number;
  wall: number;
}

/** A device without a battery for its clock starts in 1970, or where an image of its system was made. */
const set = Date.UTC(2025, 0, 1);

/** How long the spool was closed, as far as the clock can tell: set back, or not set yet, it tells nothing. */
export function downtime(closed: number, opened: number): number {
  return closed < set ? 0 : Math.max(0, opened - closed);
}

/**
 * The age of a spool, which ages of faces are measured by: a clock that is set while the program runs changes nothing,
 * so neither a jump of an hour nor the first NTP answer after a start in 1970 makes a face too old.
 */
export class SpoolTime {
  readonly #clock: SpoolClock;
  readonly #base: number;

  constructor(clock: SpoolClock, last?: SpoolMoment) {
    this.#clock = clock;
    this.#base = (last ? last.time + downtime(last.wall, clock.now()) : 0) - clock.elapsed();
  }

  now(): number {
    return Math.round(this.#base + this.#clock.elapsed());
  }

  /** For the next start. */
  moment(): SpoolMoment {
    return { time: this.now(), wall: this.#clock.now() };
  }
}
