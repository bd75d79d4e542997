/** Lines of one kind that are written within `interval`; the others are counted. */
const most = 10;
/** ms. */
const interval = 10_000;
/** Kinds that are told apart; beyond it they are one, since words of the network may be in a line. */
const maxKinds = 200;
const others = 'others';
/** Characters of a line that tell its kind. */
const telling = 500;

/** What was held back of one kind of lines. */
export interface HeldBack<T> {
  count: number;
  /** ms since the first line of the kind. */
  within: number;
  last: T;
}

interface Kind<T> {
  readonly since: number;
  written: number;
  held: number;
  last: T;
}

/**
 * The kind of a line by its text: without what is quoted, and without words that are no plain ones, which differ from
 * line to line (ids, topics, numbers, addresses).
 */
export function kindOf(text: string): string {
  return text
    .slice(0, telling)
    .replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, '')
    .split(/\s+/)
    .filter((word) => /^\(?[a-z’'-]+\)?[.,:;]*$/i.test(word))
    .join(' ');
}

/**
 * Decides which lines of a log are written when one kind comes in a flood: the first 10 in 10 s, then how many more
 * there were. No I/O, and no clock of its own.
 */
export class Flood<T> {
  readonly #now: () => number;
  readonly #kinds = new Map<string, Kind<T>>();
  #due = Number.POSITIVE_INFINITY;

  /** @param now milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** When there will be something to take, as `now` tells it; Infinity while nothing was held back. */
  get due(): number {
    return this.#due;
  }

  /** Whether a line is to be written; one that is not will be in what `take` gives. */
  admit(kind: string, line: T): boolean {
    const now = this.#now();
    const key = this.#kinds.has(kind) || this.#kinds.size < maxKinds || this.#forget(now) ? kind : others;
    const known = this.#kinds.get(key);
    if (!known || (known.held === 0 && now >= known.since + interval)) {
      this.#kinds.delete(key);
      this.#kinds.set(key, { since: now, written: 1, held: 0, last: line });
      return true;
    }
    if (known.written < most) {
      known.written++;
      return true;
    }
    known.held++;
    known.last = line;
    this.#due = Math.min(this.#due, known.since + interval);
    return false;
  }

  /** What was held back of the kinds whose time is over, or of all; they begin again. */
  take(all = false): HeldBack<T>[] {
    const now = this.#now();
    if (!all && now < this.#due) return [];
    const taken: HeldBack<T>[] = [];
    this.#due = Number.POSITIVE_INFINITY;
    for (const [kind, { since, held, last }] of this.#kinds) {
      if (held === 0) continue;
      if (!all && now < since + interval) {
        this.#due = Math.min(this.#due, since + interval);
        continue;
      }
      taken.push({ count: held, within: now - since, last });
      this.#kinds.delete(kind);
    }
    return taken;
  }

  /** Makes room for a kind; false where there is none. */
  #forget(now: number): boolean {
    for (const [kind, { since, held }] of this.#kinds)
      if (held === 0 && now >= since + interval) this.#kinds.delete(kind);
    return this.#kinds.size < maxKinds;
  }
}
