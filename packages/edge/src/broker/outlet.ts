import type { Duplex } from 'node:stream';
import type { QoS } from '@facepipe/wire';
import { writeToStream } from 'mqtt-packet';
import type { Content } from './record.js';

/** How one message goes out. */
export interface Dispatch {
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Packet id; unless `qos` is 0. */
  readonly id: number | undefined;
}

/**
 * The way to one client, as long as its connection lasts. Never waits: what does not fit is kept back by the caller.
 */
export class Outlet {
  readonly #connection: Duplex;
  readonly #buffered: number;
  readonly #ready: () => void;

  /**
   * @param buffered bytes that may wait in memory before the next message is kept back
   * @param ready called when what waited has been sent
   */
  constructor(connection: Duplex, buffered: number, ready: () => void) {
    this.#connection = connection;
    this.#buffered = buffered;
    this.#ready = ready;
    connection.on('drain', ready);
  }

  /** Whether the client reads too slowly to be sent anything now. */
  get congested(): boolean {
    return this.#connection.destroyed || this.#connection.writableLength >= this.#buffered;
  }

  publish({ topic, payload }: Content, { qos, retain, dup, id }: Dispatch): void {
    const packet = { cmd: 'publish', topic, payload, qos, retain, dup } as const;
    writeToStream(qos > 0 && id !== undefined ? { ...packet, messageId: id } : packet, this.#connection);
  }

  /** PUBREL: the second half of QoS 2, for a message that the client has received. */
  release(id: number): void {
    writeToStream({ cmd: 'pubrel', messageId: id }, this.#connection);
  }

  hangUp(): void {
    this.#connection.destroy();
  }

  close(): void {
    this.#connection.off('drain', this.#ready);
  }
}
