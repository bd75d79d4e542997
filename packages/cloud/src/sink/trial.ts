import type { Failing } from './set-aside.js';

/** ms for which a piece of work must go on failing while others pass, before it is given up. */
const trialTimeout: Record<Failing, number> = { refused: 15_000, unanswered: 300_000 };
/** ms after which, where no others come, the store is asked to take something else. */
const askTimeout: Record<Failing, number> = { refused: 60_000, unanswered: 300_000 };

/** `ask`: only another's passing can tell, and none came. */
export type Judgement = 'go-on' | 'ask' | 'give-up';

/**
 * What one piece of work went through. Its failure by itself says nothing of it: in an outage everything fails. It is
 * the fault of this one when others pass between its failures, and still do after some time.
 */
export class Trial {
  /** When it failed first. */
  #first: number | undefined;
  /** When it failed first with others having passed meanwhile, by the way of failing. */
  readonly #alone: Partial<Record<Failing, number>> = {};
  #passed = Number.POSITIVE_INFINITY;

  /**
   * It failed once more.
   * @param passed how many others have passed so far
   * @param now ms
   */
  failed(failing: Failing, passed: number, now: number): Judgement {
    const othersPass = passed > this.#passed;
    this.#passed = passed;
    this.#first ??= now;
    if (othersPass) this.#alone[failing] ??= now;
    const alone = this.#alone[failing];
    const due = alone === undefined ? this.#first + askTimeout[failing] : alone + trialTimeout[failing];
    if (now < due) return 'go-on';
    return othersPass ? 'give-up' : 'ask';
  }
}
