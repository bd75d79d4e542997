import { Transform, type TransformCallback } from 'node:stream';

/** A message that was passed over. */
export interface Oversize {
  topic: string;
  /** Bytes of its packet. */
  size: number;
  /** Undefined for QoS 0. */
  packetId: number | undefined;
}

interface Header {
  /** Type and flags. */
  first: number;
  /** Bytes of the header, and of the whole packet. */
  length: number;
  size: number;
}

const publish = 3;

/** The header of the packet that begins there (MQTT 5, 2.1); undefined while it is not all there. */
function readHeader(bytes: Buffer): Header | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  let rest = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    rest += (byte & 127) * 128 ** (i - 1);
    if (byte < 128) return { first, length: i + 1, size: i + 1 + rest };
  }
  throw new Error('it sent a packet of malformed length');
}

/** A variable byte integer (MQTT 5, 1.5.5). */
function integer(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...integer(value >> 7)];
}

/**
 * Stands before MQTT.js's parser, which gathers a packet of any size in memory. Packets up to the limit pass as they
 * are. Of a larger PUBLISH only topic and packet id pass, with an empty payload: so it can be acknowledged, and does
 * not come again on every connection. Any other packet of that size ends the stream. A broker of MQTT 5 is told the
 * limit and keeps larger ones to itself; on 3.1.1 it cannot be told.
 */
export class PacketBound extends Transform {
  readonly #limit: number;
  readonly #version: 4 | 5;
  readonly #passedOver: (oversize: Oversize) => void;
  /** The beginning of a packet that cannot be judged yet. */
  #head: Buffer = Buffer.alloc(0);
  /** Bytes of the present packet that are still to pass, or to be passed over. */
  #pass = 0;
  #skip = 0;

  /**
   * @param limit bytes of a packet
   * @param passedOver called before what is left of the message passes
   */
  constructor(limit: number, version: 4 | 5, passedOver: (oversize: Oversize) => void) {
    super();
    this.#limit = limit;
    this.#version = version;
    this.#passedOver = passedOver;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    try {
      this.#take(this.#head.length > 0 ? Buffer.concat([this.#head, chunk]) : chunk);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #take(bytes: Buffer): void {
    this.#head = bytes.subarray(0, 0);
    for (let at = 0; at < bytes.length; ) {
      const rest = bytes.subarray(at);
      if (this.#pass + this.#skip === 0 && !this.#begin(rest)) {
        // a copy, so that it does not keep the chunk
        this.#head = Buffer.from(rest);
        return;
      }
      const step = Math.min(this.#pass + this.#skip, rest.length);
      if (this.#pass > 0) {
        this.push(rest.subarray(0, step));
        this.#pass -= step;
      } else this.#skip -= step;
      at += step;
    }
  }

  /** Decides on the packet that begins there. False: too little of it is there. */
  #begin(bytes: Buffer): boolean {
    const header = readHeader(bytes);
    if (!header) return false;
    if (header.size <= this.#limit) {
      this.#pass = header.size;
      return true;
    }
    const remnant = this.#remnant(bytes, header);
    if (!remnant) return false;
    this.push(remnant);
    this.#skip = header.size;
    return true;
  }

  /** What passes of a PUBLISH (MQTT 5, 3.3); undefined while its topic and packet id are not all there. */
  #remnant(bytes: Buffer, { first, length, size }: Header): Buffer | undefined {
    if (first >> 4 !== publish) throw new Error(`it sent a packet of ${size} bytes that is no message`);
    if (bytes.length < length + 2) return undefined;
    const topicEnd = length + 2 + bytes.readUInt16BE(length);
    const acknowledged = (first & 6) > 0;
    const end = topicEnd + (acknowledged ? 2 : 0);
    if (end > size) throw new Error('it sent a malformed message');
    if (bytes.length < end) return undefined;
    const topic = bytes.toString('utf8', length + 2, topicEnd);
    this.#passedOver({ topic, size, packetId: acknowledged ? bytes.readUInt16BE(topicEnd) : undefined });
    // on MQTT 5 its properties are none
    const rest = [...bytes.subarray(length, end), ...(this.#version === 5 ? [0] : [])];
    return Buffer.from([first, ...integer(rest.length), ...rest]);
  }
}
