/**
 * Packet ids of one connection. A message sent again keeps the id it had [MQTT-4.4.0-1],
 * which is why MQTT.js is not left to number by itself. The shape is that of its `messageIdProvider` option.
 */
export class PacketIds {
  readonly #taken = new Set<number>();
  #last = 0;
  #next: number | undefined;

  /** The id that the next allocation gives. */
  reserve(id: number | undefined): void {
    this.#next = id;
  }

  allocate(): number {
    let id = this.#next ?? (this.#last % 65535) + 1;
    while (this.#taken.has(id)) id = (id % 65535) + 1;
    this.#next = undefined;
    this.#taken.add(id);
    this.#last = id;
    return id;
  }

  getLastAllocated(): number {
    return this.#last;
  }

  register(id: number): boolean {
    const free = !this.#taken.has(id);
    this.#taken.add(id);
    return free;
  }

  deallocate(id: number): void {
    this.#taken.delete(id);
  }

  clear(): void {
    this.#taken.clear();
  }
}
