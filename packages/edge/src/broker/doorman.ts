import { Socket } from 'node:net';
import { printable } from '@facepipe/service';
import { Framing } from './framing.js';
import type { BrokerLimits } from './limits.js';
import type { Troubles } from './troubles.js';

/** Keeps the number of connections and the size of what comes in within limits, before anything looks at it. */
export class Doorman {
  readonly #limits: BrokerLimits;
  readonly #troubles: Troubles;
  readonly #connections = new Set<Socket>();
  /** Those that have not logged in, the oldest first. */
  readonly #waiting = new Set<Socket>();

  constructor(limits: BrokerLimits, troubles: Troubles) {
    this.#limits = limits;
    this.#troubles = troubles;
  }

  /** False when there is no room for it. */
  admit(socket: Socket): boolean {
    if (this.#connections.size >= this.#limits.connections) {
      const [oldest = socket] = this.#waiting;
      this.#troubles.report(
        'connections',
        `there are ${this.#connections.size} connections, as many as may be`,
      );
      this.#forget(oldest);
      oldest.destroy();
      if (oldest === socket) return false;
    }
    this.#connections.add(socket);
    this.#waiting.add(socket);
    socket.on('close', () => this.#forget(socket));
    socket.setTimeout(this.#limits.stalled, () => this.#stalled(socket));
    this.#watch(socket);
    return true;
  }

  /** A client has logged in on it. */
  welcome(socket: unknown): void {
    if (socket instanceof Socket) this.#waiting.delete(socket);
  }

  /** Ends every connection. */
  close(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  #forget(socket: Socket): void {
    this.#connections.delete(socket);
    this.#waiting.delete(socket);
  }

  /** Aedes reads by `read()` alone and has no maximum packet size of its own. */
  #watch(socket: Socket): void {
    const framing = new Framing(this.#limits);
    socket.read = (size?: number) => {
      const chunk = Socket.prototype.read.call(socket, size);
      const fault = chunk ? framing.check(chunk) : undefined;
      if (fault === undefined) return chunk;
      const from = printable(socket.remoteAddress ?? 'a client');
      this.#troubles.report('packet', `hung up on ${from}: ${fault}`);
      socket.destroy();
      return null;
    };
  }

  /** No byte has passed for a while. That is well unless something waits to be sent. */
  #stalled(socket: Socket): void {
    if (socket.writableLength === 0) return;
    const from = printable(socket.remoteAddress ?? 'a client');
    this.#troubles.report(
      'reader',
      `hung up on ${from}: it has read nothing for ${this.#limits.stalled / 1000} s`,
    );
    socket.destroy();
  }
}
