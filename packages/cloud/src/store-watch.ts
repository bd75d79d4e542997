import type { Clock } from '@facepipe/wire';
import type { Store } from './store.js';

/** ms without a word from the store after which it is asked. */
const silence = 10_000;

/** Knows whether the store is fine: from the puts, and where there are none, from asking. */
export class StoreWatch {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #failing = new Map<unknown, Error>();
  #heard: number;
  #asked: Error | undefined;

  constructor(store: Store, clock: Clock, signal: AbortSignal) {
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
    this.#heard = clock.now();
  }

  /** Why the store is not fine; undefined when it is. */
  get fault(): string | undefined {
    const [error] = this.#failing.values();
    return (error ?? this.#asked)?.message;
  }

  /** A piece of work failed and will be tried again. */
  failed(work: unknown, error: Error): void {
    this.#failing.set(work, error);
  }

  /** A piece of work that may have failed before succeeded, or was given up. */
  recovered(work: unknown): void {
    this.#failing.delete(work);
  }

  /** The store answered a put. */
  answered(): void {
    this.#asked = undefined;
    this.#heard = this.#clock.now();
  }

  /** Asks a silent store until the signal. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const due = this.#heard + silence - this.#clock.now();
      if (due > 0) {
        await this.#clock.sleep(due, this.#signal);
        continue;
      }
      try {
        await this.#store.check();
        this.#asked = undefined;
      } catch (error) {
        this.#asked = error instanceof Error ? error : new Error(String(error));
      }
      this.#heard = this.#clock.now();
    }
  }
}
