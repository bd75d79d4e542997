/** Makes of the times of frames some that never go back: a clock that was set back goes on from where it was. */
export class Timeline {
  #offset = 0;
  #last: number | undefined;
  #lastFrame: number | undefined;
  #interval: number | undefined;

  /** Milliseconds between frames, as a rule; undefined before the second. One long pause changes it little. */
  get interval(): number | undefined {
    return this.#interval;
  }

  /** The time of a frame, milliseconds, in a time that never goes back. */
  frame(time: number): number {
    const now = this.at(time);
    const step = now - (this.#lastFrame ?? now);
    if (step > 0) {
      const usual = this.#interval ?? step;
      this.#interval = usual + 0.2 * (Math.min(step, 2 * usual) - usual);
    }
    this.#lastFrame = now;
    return now;
  }

  /** The same, of a moment at which no frame came. */
  at(time: number): number {
    const now = time + this.#offset;
    const last = this.#last ?? now;
    if (now < last) this.#offset += last - now;
    this.#last = Math.max(now, last);
    return this.#last;
  }

  /** The same, of a moment that is only asked about. */
  peek(time: number): number {
    return Math.max(time + this.#offset, this.#last ?? time);
  }
}
