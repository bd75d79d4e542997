/** Ids of receipts that came before their faces, or without: at most so many, of one device at most a tenth of that. */
export class EarlyIds {
  readonly #most: number;
  /** The device that was told of last comes last, and so does its last id. */
  readonly #devices = new Map<string, Set<string>>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** What is too much goes: the device's own oldest, then those of the device that was silent for longest. */
  add(device: string, id: string): void {
    const ids = this.#devices.get(device) ?? new Set();
    this.#devices.delete(device);
    this.#devices.set(device, ids);
    if (!ids.has(id)) this.#size++;
    ids.add(id);
    if (ids.size > this.#most / 10) this.#dropFirst(device, ids);
    for (const [silent, oldest] of this.#devices) {
      while (this.#size > this.#most && oldest.size > 0) this.#dropFirst(silent, oldest);
      if (this.#size <= this.#most) return;
    }
  }

  /** Whether it was there; it no longer is. */
  take(device: string, id: string): boolean {
    const ids = this.#devices.get(device);
    if (!ids?.has(id)) return false;
    this.#drop(device, ids, id);
    return true;
  }

  #dropFirst(device: string, ids: Set<string>): void {
    const [first] = ids;
    if (first !== undefined) this.#drop(device, ids, first);
  }

  #drop(device: string, ids: Set<string>, id: string): void {
    ids.delete(id);
    this.#size--;
    if (ids.size === 0) this.#devices.delete(device);
  }
}
