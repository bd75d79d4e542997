/** A picture as it was sent. */
export interface Payload {
  bytes: Uint8Array;
  contentType: string;
}

/**
 * The latest pictures, of so many bytes together. Where room is short, the one that goes first is the oldest that is
 * not the latest of its device.
 */
export class Pictures {
  readonly #mostBytes: number;
  /** Oldest first. */
  readonly #kept = new Map<string, Payload & { device: string }>();
  /** Id of the latest picture of each device. */
  readonly #latest = new Map<string, string>();
  #bytes = 0;

  /** @param mostBytes of all pictures together */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(id: string): Payload | undefined {
    return this.#kept.get(id);
  }

  /** Returns the ids of the pictures that had to go for it, perhaps its own. */
  add(id: string, device: string, payload: Payload): string[] {
    if (this.#kept.has(id)) return [];
    this.#kept.set(id, { ...payload, device });
    this.#latest.set(device, id);
    this.#bytes += payload.bytes.length;
    const gone: string[] = [];
    while (this.#bytes > this.#mostBytes) {
      const next = this.#next();
      if (next === undefined) break;
      this.delete(next);
      gone.push(next);
    }
    return gone;
  }

  delete(id: string): void {
    const picture = this.#kept.get(id);
    if (!picture) return;
    this.#kept.delete(id);
    this.#bytes -= picture.bytes.length;
    if (this.#latest.get(picture.device) === id) this.#latest.delete(picture.device);
  }

  #next(): string | undefined {
    for (const [id, { device }] of this.#kept) if (this.#latest.get(device) !== id) return id;
    return this.#kept.keys().next().value;
  }
}
