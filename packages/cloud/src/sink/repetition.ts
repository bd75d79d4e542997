import type { Clock } from '@facepipe/service';
import type PQueue from 'p-queue';
import type { Failing } from './set-aside.js';
import type { StoreWatch } from './store-watch.js';
import { Trial } from './trial.js';

/** ms between two questions whether the store takes anything at all. */
const asking = 15_000;

/** What a failure of a piece of work means. */
export interface Sort {
  /** Undefined where it can only be everybody's, such as a full disk. */
  readonly failing: Failing | undefined;
  /** The like of it was given up before, or can never be done: then it is given up at once. */
  readonly known: boolean;
}

export interface Task<T> {
  run(signal: AbortSignal): Promise<T>;
  sort(error: Error): Sort;
}

export interface RepetitionOptions {
  /** Its concurrency is the attempts in progress at most. */
  places: PQueue;
  watch: StoreWatch;
  clock: Clock;
  /** Its abortion ends every repetition. */
  signal: AbortSignal;
  /** Whether what fails for one would work for another just now. */
  ask: () => Promise<boolean>;
  onRetry: (attempt: number, error: Error) => void;
}

/** Repeats pieces of work until each is done or given up. A place is taken by an attempt only, not by the pauses. */
export class Repetition {
  readonly #options: RepetitionOptions;
  #passed = 0;
  #asked = Number.NEGATIVE_INFINITY;

  constructor(options: RepetitionOptions) {
    this.#options = options;
  }

  /** Something was taken. */
  pass(): void {
    this.#passed += 1;
  }

  /**
   * @returns `error` where it was given up, see Trial
   * @throws the reason why it ended with the signal
   */
  async until<T>(task: Task<T>): Promise<{ done: T } | { error: Error }> {
    const { places, watch, clock, signal, onRetry } = this.#options;
    const trial = new Trial();
    for (let attempt = 1; ; attempt++) {
      try {
        const done = await places.add(() => {
          // not as p-queue's own `signal`: that would leave what runs to itself
          signal.throwIfAborted();
          return task.run(signal);
        });
        watch.recovered(task);
        return { done };
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (signal.aborted) {
          watch.recovered(task);
          throw error;
        }
        const { failing, known } = task.sort(error);
        const judgement = failing ? trial.failed(failing, this.#passed, clock.elapsed()) : 'go-on';
        if (known || judgement === 'give-up') {
          watch.recovered(task);
          return { error };
        }
        watch.failed(task, error);
        onRetry(attempt, error);
        if (judgement === 'ask' && (await this.#ask())) this.pass();
        else await watch.pause(attempt, error);
      }
    }
  }

  async #ask(): Promise<boolean> {
    const { clock, ask } = this.#options;
    if (clock.elapsed() < this.#asked + asking) return false;
    this.#asked = clock.elapsed();
    return ask();
  }
}
