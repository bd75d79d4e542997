import { backoff, type Clock, FacepipeError } from '@facepipe/service';
import type { WritableStore } from '../store/store.js';

/** ms without a word from the store after which it is asked. */
const silence = 10_000;
/** ms over which work that waited for the store comes back once it is there, so that it is not met by all at once. */
const crowd = 500;
/** Attempts that a fault which lasts until somebody fixes it counts from: the first pause is up to 8 s. */
const late = 3;
const lasting = new Set([
  'FACEPIPE_E_STORE_BUCKET',
  'FACEPIPE_E_STORE_CREDENTIALS',
  'FACEPIPE_E_STORE_REFUSED',
  'FACEPIPE_E_STORE_DENIED',
  'FACEPIPE_E_STORE_REGION',
]);

/** Whether it takes somebody to fix it: wrong credentials, missing rights, no such bucket. */
export function isLasting(error: Error): boolean {
  return error instanceof FacepipeError && lasting.has(error.code);
}

const kindOf = (error: Error | undefined): string | undefined =>
  error instanceof FacepipeError ? error.code : error?.message;

/**
 * Knows whether the store is fine: from the puts, and where there are none, from asking. What failed waits here, with
 * growing pauses, and is called back as soon as the store is found to be fine again.
 */
export class StoreWatch {
  readonly #store: WritableStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onChange: (fault: Error | undefined) => void;
  readonly #failing = new Map<unknown, Error>();
  readonly #waiting = new Set<() => void>();
  #answered: number;
  #asked: Error | undefined;
  #told: string | undefined;

  /** @param onChange told once when the store is offline for another reason than before, and when it is fine again */
  constructor(
    store: WritableStore,
    clock: Clock,
    signal: AbortSignal,
    onChange: (fault: Error | undefined) => void = () => {},
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
    this.#onChange = onChange;
    this.#answered = clock.elapsed();
  }

  /** Why the store is not fine; undefined when it is. */
  get fault(): string | undefined {
    return this.#error?.message;
  }

  get #error(): Error | undefined {
    const [error] = this.#failing.values();
    return error ?? this.#asked;
  }

  /** A piece of work failed and will be tried again. */
  failed(work: unknown, error: Error): void {
    const again = this.#failing.has(work);
    this.#failing.set(work, error);
    // a single failure is not yet news
    if (again || isLasting(error)) this.#tell();
  }

  /** A piece of work that may have failed before succeeded, or was given up. */
  recovered(work: unknown): void {
    if (!this.#failing.delete(work)) return;
    this.#wake();
    this.#tell();
  }

  /** A check has shown nothing. */
  doubt(error: Error): void {
    this.#asked = error;
    this.#tell();
  }

  /** The store answered a put. */
  answered(): void {
    this.#asked = undefined;
    this.#answered = this.#clock.elapsed();
  }

  /**
   * Resolves when work that failed is to be tried again: after a pause, or soon after the store was fine again.
   * @param attempt 1 after the first failure
   */
  async pause(attempt: number, error: Error): Promise<void> {
    const early = new AbortController();
    const wake = () => early.abort();
    this.#waiting.add(wake);
    const count = isLasting(error) ? attempt + late : attempt;
    await this.#clock.sleep(backoff(count - 1, Math.random()), AbortSignal.any([this.#signal, early.signal]));
    this.#waiting.delete(wake);
    if (early.signal.aborted) await this.#clock.sleep(Math.random() * crowd, this.#signal);
  }

  /** Asks a silent store until the signal. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const due = this.#answered + silence - this.#clock.elapsed();
      if (due > 0) {
        await this.#clock.sleep(due, this.#signal);
        continue;
      }
      const before = this.#asked;
      try {
        await this.#store.check();
        this.#asked = undefined;
        if (before) this.#wake();
      } catch (error) {
        this.#asked = error instanceof Error ? error : new Error(String(error));
      }
      this.#tell();
      this.#answered = this.#clock.elapsed();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #tell(): void {
    const error = this.#error;
    if (kindOf(error) === this.#told || this.#signal.aborted) return;
    this.#told = kindOf(error);
    this.#onChange(error);
  }
}
