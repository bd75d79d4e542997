/** Makes of the times of frames some that never go back: a clock that was set back goes on from where it was. */
export class Timeline {
  #offset = 0;
  #last: number | undefined;
  #interval: number | undefined;

  /** Milliseconds between frames, as a rule; undefined before the second. One long pause changes it little. */
  get interval(): number | undefined {
    return this.#interval;
  }

  /** The time of a frame, milliseconds, in a time that never goes back. */
  frame(time: number): number {
    const before = this.#last;
    const now = this.at(time);
    if (before !== undefined && now > before) {
      const step = now - before;
      const usual = this.#interval ?? step;
      this.#interval = usual + 0.2 * (Math.min(step, 2 * usual) - usual);
    }
    return now;
  }

  /** The same, of a moment at which no frame came. */
  at(time: number): number {
    const last = this.#last ?? time;
    const now = time + this.#offset;
    if (now < last) this.#offset += last - now;
    this.#last = Math.max(now, last);
    return this.#last;
  }
}
