import type { OutgoingMessage } from '@facepipe/wire';
import { Lru } from './lru.js';

/** Devices of which a copy is kept, and bytes of payload of the largest. */
const maxDevices = 8;
const largest = 256 * 1024;

/**
 * Copies of what passed last, one a device: sent again when the target refuses a message, they tell whether it refuses
 * everybody. A face that comes twice lands on itself.
 */
export class Witnesses {
  readonly #copies = new Lru<string, OutgoingMessage>(maxDevices);

  get size(): number {
    return this.#copies.size;
  }

  passed(device: string, message: OutgoingMessage): void {
    if (message.payload.length <= largest) this.#copies.set(device, message);
  }

  /** The one that was not asked for longest; of a device that `doubtful` does not hold for, where there is one. */
  next(doubtful: (device: string) => boolean): { device: string; message: OutgoingMessage } | undefined {
    const all = [...this.#copies].map(([device, message]) => ({ device, message }));
    const witness = all.find(({ device }) => !doubtful(device)) ?? all[0];
    if (witness) this.#copies.set(witness.device, witness.message);
    return witness;
  }
}
