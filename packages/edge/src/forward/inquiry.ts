import { backoff, type Clock } from '@facepipe/service';
import type { Bell } from './bell.js';
import { isHungUp } from './fate.js';
import type { Target } from './target.js';

/** How long the target may take for what it is asked with, ms. */
const publishTimeout = 10_000;
/** What is in flight mostly tells whether others pass, before a copy need be sent, ms. */
const shortestPause = 100;
/** Pauses before the source's messages are put aside where nothing has passed since the start, ms. */
const shortestRelease = 10_000;
const longestRelease = 300_000;
/**
 * Unacknowledged messages that hold up what is behind them: the fewest that brokers send at once unless told otherwise
 * (HiveMQ and RabbitMQ 10, mosquitto 20, EMQX 32).
 */
const window = 10;

export interface InquiryOptions {
  readonly target: Target;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  /** Messages of the source that are not acknowledged. */
  readonly unacknowledged: () => number;
}

/** Asks a target again for what it refused, with copies, so that nothing at the source waits for the answer. */
export class Inquiry {
  readonly #target: Target;
  readonly #bell: Bell;
  readonly #clock: Clock;
  readonly #stopping: AbortSignal;
  readonly #unacknowledged: () => number;
  #releases = 0;

  constructor({ target, bell, clock, stopping, unacknowledged }: InquiryOptions) {
    this.#target = target;
    this.#bell = bell;
    this.#clock = clock;
    this.#stopping = stopping;
    this.#unacknowledged = unacknowledged;
  }

  /** Times that what is refused was to be put aside without knowing whether others pass. */
  get releases(): number {
    return this.#releases;
  }

  async run(): Promise<void> {
    await Promise.all([this.#askAgain(), this.#askForOthers()]);
  }

  /** Sends what is in custody, once the target takes it. */
  async #askAgain(): Promise<void> {
    const { custody, aside } = this.#target;
    while (!this.#stopping.aborted) {
      const next = custody.next();
      if (!next || next.wait > 0) {
        await this.#bell.wait(next?.wait);
        continue;
      }
      const { device, message } = next;
      const refusal = aside.refusalOf(device);
      const suspect = refusal !== undefined && isHungUp(refusal.error);
      const failure = await this.#target.send(device, message, { timeout: publishTimeout, suspect });
      if (!failure) {
        custody.passed(device, message);
        continue;
      }
      if (failure.what === 'refused' && aside.has(device)) this.#target.refused(device, failure, true);
      if (failure.what === 'dead') custody.drop(device, message);
      else custody.failed(device, message, isHungUp(failure.error));
    }
  }

  /** While nothing passes: finds out whether the target takes what other devices send. */
  async #askForOthers(): Promise<void> {
    const { aside, witnesses } = this.#target;
    while (!this.#stopping.aborted) {
      if (!aside.general) {
        await this.#bell.wait();
        continue;
      }
      let release = this.#clock.elapsed() + shortestRelease;
      let pause = shortestPause;
      for (let attempt = 0; await this.#stillGeneral(pause); attempt++) {
        pause = backoff(attempt, Math.random());
        const witness = witnesses.next((device) => aside.refusalOf(device) !== undefined);
        if (witness) {
          const { device, message } = witness;
          const failure = await this.#target.send(
            device,
            message,
            { timeout: publishTimeout, urgent: true },
            true,
          );
          if (failure?.what === 'refused') this.#target.refused(device, failure, false);
          continue;
        }
        pause = Math.min(pause, 1000);
        if (this.#clock.elapsed() < release || !this.#mayRelease()) continue;
        this.#releases += 1;
        release = this.#clock.elapsed() + Math.min(longestRelease, shortestRelease * 2 ** this.#releases);
        this.#bell.ring();
      }
    }
  }

  /** Whether nothing has passed after so many milliseconds. */
  async #stillGeneral(ms: number): Promise<boolean> {
    const due = this.#clock.elapsed() + ms;
    for (;;) {
      if (this.#stopping.aborted || !this.#target.aside.general) return false;
      const left = due - this.#clock.elapsed();
      if (left <= 0) return true;
      await this.#bell.wait(left);
    }
  }

  /**
   * Whether what is held may hold up others that nobody knows of. Where nobody subscribes that is nearly always so for
   * all devices, and nothing must leave the source for it.
   */
  #mayRelease(): boolean {
    return this.#unacknowledged() >= window && this.#target.aside.general?.reason === 'refused';
  }
}
