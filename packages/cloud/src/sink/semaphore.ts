/** Lets at most `limit` pieces of work run at once, in the order in which they came. */
export class Semaphore {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  /** Runs `work` when its turn has come. @throws what `work` throws, or signal.reason when aborted before its turn */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#running >= this.#limit) await this.#turn(signal);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      // the place is handed on, so that nobody who comes just now can take it
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', abort);
      };
      const go = () => {
        leave();
        resolve();
      };
      const abort = () => {
        leave();
        reject(signal.reason);
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', abort);
    });
  }
}
