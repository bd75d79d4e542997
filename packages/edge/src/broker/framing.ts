import type { BrokerLimits } from './limits.js';

// types of control packets (MQTT 3.1.1, 2.2.1)
const CONNECT = 1;
const PUBLISH = 3;
/** A remaining length has at most four bytes (MQTT 3.1.1, 2.2.3). */
const lengthBytes = 4;

/**
 * Follows the headers of the packets in a stream of bytes, so that a packet which is too large is known by its first
 * bytes, before anything of it is kept.
 */
export class Framing {
  readonly #limits: Pick<BrokerLimits, 'packet' | 'connectPacket' | 'controlPacket'>;
  #first = true;
  #type: number | undefined;
  #length = 0;
  #digits = 0;
  #body = 0;

  constructor(limits: Pick<BrokerLimits, 'packet' | 'connectPacket' | 'controlPacket'>) {
    this.#limits = limits;
  }

  /** What is wrong with the packets these bytes go on with, if anything. */
  check(chunk: Uint8Array): string | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.#body > 0) {
        const skipped = Math.min(this.#body, chunk.length - at);
        this.#body -= skipped;
        at += skipped;
        continue;
      }
      const fault = this.#header(chunk[at] ?? 0);
      if (fault) return fault;
      at += 1;
    }
    return undefined;
  }

  #header(byte: number): string | undefined {
    if (this.#type === undefined) {
      this.#type = byte >> 4;
      this.#length = 0;
      this.#digits = 0;
      return this.#first && this.#type !== CONNECT ? 'its first packet is not a CONNECT' : undefined;
    }
    this.#length += (byte & 127) * 128 ** this.#digits;
    this.#digits += 1;
    if (byte & 128) return this.#digits === lengthBytes ? 'the length of a packet is malformed' : undefined;
    const size = 1 + this.#digits + this.#length;
    const limit = this.#limit(this.#type);
    this.#body = this.#length;
    this.#type = undefined;
    this.#first = false;
    return size > limit ? `a packet of ${size} bytes, the limit is ${limit}` : undefined;
  }

  #limit(type: number): number {
    const { packet, connectPacket, controlPacket } = this.#limits;
    if (type === PUBLISH) return packet;
    return type === CONNECT ? connectPacket : controlPacket;
  }
}
