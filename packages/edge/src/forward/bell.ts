import { once } from 'node:events';
import type { Clock } from '@facepipe/service';

/** Ends many waits early: whoever waits looks again whether what it waits for has come. */
export class Bell {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #waiting = new Set<AbortController>();

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  ring(): void {
    for (const rung of this.#waiting) rung.abort();
  }

  /** Resolves when it rings, and after `ms` milliseconds at the latest; without `ms` only when it rings. */
  async wait(ms?: number): Promise<void> {
    const rung = new AbortController();
    this.#waiting.add(rung);
    if (ms === undefined) await once(rung.signal, 'abort');
    else await this.#clock.sleep(ms, rung.signal);
    this.#waiting.delete(rung);
  }
}
