import { redact } from '@facepipe/wire';
import type { Side } from './event.js';

const sides = ['from', 'to'] as const;

/** The sides of a forwarder that have not been there yet, and why not. */
export class Awaited {
  /** Resolves when each side is there, or has failed once. */
  readonly greeted: Promise<unknown>;
  /** Resolves when each side is there. */
  readonly complete: Promise<void>;
  readonly #reasons = new Map<Side, string>();
  readonly #greet = new Map<Side, () => void>();
  #finish: () => void = () => {};

  constructor(urls: Readonly<Record<Side, string>>) {
    const greeted = sides.map((side) => {
      this.#reasons.set(side, `${redact(urls[side])} is offline`);
      return new Promise<void>((resolve) => this.#greet.set(side, resolve));
    });
    this.greeted = Promise.all(greeted);
    this.complete = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Undefined once both have been there. */
  get reason(): string | undefined {
    return this.#reasons.get('from') ?? this.#reasons.get('to');
  }

  here(side: Side): void {
    this.#reasons.delete(side);
    this.#greet.get(side)?.();
    if (this.#reasons.size === 0) this.#finish();
  }

  away(side: Side, reason: string): void {
    if (this.#reasons.has(side)) this.#reasons.set(side, reason);
    this.#greet.get(side)?.();
  }
}
