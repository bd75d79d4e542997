/** A map of bounded size: what was used longest ago is forgotten first. */
export class Lru<K, V> {
  readonly #most: number;
  readonly #forgotten: ((key: K, value: V) => void) | undefined;
  readonly #entries = new Map<K, V>();

  /** @param forgotten called with each entry that had to make room */
  constructor(most: number, forgotten?: (key: K, value: V) => void) {
    this.#most = most;
    this.#forgotten = forgotten;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The entry, which counts as used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const [oldest, its] of this.#entries) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
      this.#forgotten?.(oldest, its);
    }
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /** From the one used longest ago. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#entries[Symbol.iterator]();
  }
}
