import { readFileSync } from 'node:fs';
import type { Part } from './chain.js';

/** ms between two looks. */
const interval = 1000;

/** Bytes by which a garbage collector's moment may differ. */
const allowance = 32 * 2 ** 20;

/** Resident memory of each process over a scenario, bytes. */
export class Memory {
  readonly #parts: readonly Part[];
  readonly #samples = new Map<string, number[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  watch(): void {
    this.#timer = setInterval(() => this.#look(), interval);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Of each part: the most in each quarter of the time. */
  quarters(): Map<string, number[]> {
    return new Map(
      [...this.#samples]
        .filter(([, samples]) => samples.length >= 4)
        .map(([name, samples]) => {
          const size = samples.length / 4;
          const quarter = (n: number) => samples.slice(Math.floor(n * size), Math.floor((n + 1) * size));
          return [name, [0, 1, 2, 3].map((n) => Math.max(...quarter(n)))];
        }),
    );
  }

  /** Which needed notably more in the last quarter than in the second: the first is its start. */
  get growing(): string[] {
    return [...this.quarters()]
      .filter(([, [, second = 0, , last = 0]]) => last > second * 1.25 + allowance)
      .map(([name]) => name);
  }

  #look(): void {
    for (const { name, pid } of this.#parts) {
      const bytes = pid === undefined ? undefined : resident(pid);
      if (bytes !== undefined) this.#samples.set(name, [...(this.#samples.get(name) ?? []), bytes]);
    }
  }
}

/** Undefined for a process that is no more. */
function resident(pid: number): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
