import { setTimeout as sleep } from 'node:timers/promises';
import type { Chain } from './chain.js';
import { crowd, show } from './film.js';

export interface Showing {
  /** Accepted faces at which it ends. */
  faces: number;
  crowd: readonly [columns: number, rows: number];
  /** Of a picture, where the heads would need less. */
  size?: { width: number; height: number };
  /** What is shown instead of a crowd, after so many seconds. */
  scene?: (seconds: number) => Promise<Buffer>;
  /** Seconds between pictures. */
  pace: number;
}

/** Pictures for capture, until it has accepted enough faces; what a killed capture had not accepted is no loss. */
export class Projector {
  readonly #chain: Chain;
  readonly #showing: Showing;
  #over = false;
  /** Resolves when enough faces are accepted; rejects when none come any more. */
  readonly done: Promise<void>;

  constructor(chain: Chain, showing: Showing) {
    this.#chain = chain;
    this.#showing = showing;
    this.done = this.#run();
    // whoever waits for it may come late
    this.done.catch(() => {});
  }

  /** Resolves once so many more faces are accepted, or all are. */
  async passed(faces: number): Promise<void> {
    const target = Math.min(this.#accepted + faces, this.#showing.faces);
    while (this.#accepted < target) await Promise.race([sleep(20), this.done]);
  }

  /** Shows nothing more. */
  stop(): Promise<void> {
    this.#over = true;
    return this.done;
  }

  get #accepted(): number {
    return this.#chain.journal.accepted.size;
  }

  async #run(): Promise<void> {
    const { faces, crowd: heads, size, pace, scene } = this.#showing;
    const picture = await crowd(...heads, size);
    const begun = performance.now();
    let [last, since] = [0, Date.now()];
    while (this.#accepted < faces && !this.#over) {
      const shown = await scene?.((performance.now() - begun) / 1000);
      await show(this.#chain.capture, shown ?? picture);
      await sleep(pace * 1000);
      if (this.#accepted > last) [last, since] = [this.#accepted, Date.now()];
      if (Date.now() - since > 120_000) throw new Error(`capture accepts no more faces after ${last}`);
    }
  }
}
