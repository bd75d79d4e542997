/** How often one kind of trouble is said, in milliseconds. */
const interval = 60_000;

export type Say = (text: string) => void;

/** Says what goes wrong: each kind at once, then at most once a minute, with how often it happened in between. */
export class Troubles {
  readonly #say: Say;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { said: number; since: number }>();

  constructor(say: Say, now: () => number = () => performance.now()) {
    this.#say = say;
    this.#now = now;
  }

  /** @param kind one of a fixed few, never text from the network */
  report(kind: string, text: string): void {
    const known = this.#kinds.get(kind);
    const now = this.#now();
    if (known && now - known.said < interval) {
      known.since += 1;
      return;
    }
    this.#kinds.set(kind, { said: now, since: 0 });
    this.#say(known?.since ? `${text} (and ${known.since} more like this)` : text);
  }
}
