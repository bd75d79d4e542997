/** Looks a second where something moves or somebody is: twice as many as searches, and no more. */
const awake = 15;
/** Looks a second where nothing has happened for a while: what comes in is seen at most a fifth of a second later. */
const asleep = 5;
/** After so long a rest, ms. */
const restless = 2000;

/**
 * How often a live camera has to be looked at: each look costs the decoding of a small picture. It is told what was
 * seen, by the frames' times.
 */
export class LookRate {
  #last = Number.POSITIVE_INFINITY;
  #rests = false;

  /** A second, at most. */
  get perSecond(): number {
    return this.#rests ? asleep : awake;
  }

  /** @param time of the frame, ms @param happened something moved, somebody is there, or somebody watches */
  note(time: number, happened: boolean): void {
    // the first of all, and a clock that was set back
    if (happened || time < this.#last) this.#last = time;
    this.#rests = time - this.#last >= restless;
  }
}
