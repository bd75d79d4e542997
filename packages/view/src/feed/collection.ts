/** What changed since it was asked last. */
export interface Changes<V> {
  changed: V[];
  /** Keys. */
  gone: string[];
}

/** Entries by key, so many at most, that remember what changed while somebody wants to know. */
export class Collection<V> {
  readonly #keyOf: (value: V) => string;
  readonly #most: number;
  /** Longest unchanged first. */
  readonly #entries = new Map<string, V>();
  readonly #changed = new Set<string>();
  readonly #gone = new Set<string>();
  #tracking = false;

  /** @param most entries: one more forgets the one that has not changed for longest */
  constructor(keyOf: (value: V) => string, most: number) {
    this.#keyOf = keyOf;
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Longest unchanged first. */
  all(): V[] {
    return [...this.#entries.values()];
  }

  /** Puts an entry in the place of the one with its key. Returns what was forgotten for it. */
  set(value: V): V | undefined {
    const key = this.#keyOf(value);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#tracking) {
      this.#changed.add(key);
      this.#gone.delete(key);
    }
    if (this.#entries.size <= this.#most) return undefined;
    const [oldest] = this.#entries;
    if (!oldest) return undefined;
    this.delete(oldest[0]);
    return oldest[1];
  }

  delete(key: string): void {
    if (!this.#entries.delete(key) || !this.#tracking) return;
    this.#changed.delete(key);
    this.#gone.add(key);
  }

  /** From now on changes are remembered, or no longer. */
  track(tracking: boolean): void {
    this.#tracking = tracking;
    this.#changed.clear();
    this.#gone.clear();
  }

  takeChanges(): Changes<V> {
    const changed = [...this.#changed].flatMap((key) => this.#entries.get(key) ?? []);
    const gone = [...this.#gone];
    this.#changed.clear();
    this.#gone.clear();
    return { changed, gone };
  }
}
