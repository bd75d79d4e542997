import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server that anybody may come to: at most so many, so that strangers cannot use up the
 * descriptors of the program. One more closes the one that has been silent for longest; an answer in progress is broken
 * off only when there is no other.
 */
export class Connections {
  readonly #most: number;
  /** Longest silent first. */
  readonly #idle = new Set<Socket>();
  /** Longest at it first, with how many requests each has. */
  readonly #busy = new Map<Socket, number>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#idle.size + this.#busy.size;
  }

  /** Follows the connections of a server, and what is asked on them. An upgraded one is for who upgrades it. */
  follow(server: Server): void {
    server.on('connection', (socket) => this.add(socket));
    server.on('request', ({ socket }, response) => {
      this.begin(socket);
      response.once('close', () => this.end(socket));
    });
  }

  /** A connection came. */
  add(socket: Socket): void {
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#idle.delete(socket);
      this.#busy.delete(socket);
    });
    if (this.size <= this.#most) return;
    const [oldest] = this.#idle.size > 1 ? this.#idle : this.#busy.keys();
    if (!oldest) return;
    this.#idle.delete(oldest);
    this.#busy.delete(oldest);
    oldest.destroy();
  }

  /** A request came on it. */
  begin(socket: Socket): void {
    if (this.#idle.delete(socket)) this.#busy.set(socket, 1);
    else if (this.#busy.has(socket)) this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
  }

  /** A request on it is answered. */
  end(socket: Socket): void {
    const requests = this.#busy.get(socket);
    if (requests === undefined) return;
    if (requests > 1) this.#busy.set(socket, requests - 1);
    else {
      this.#busy.delete(socket);
      this.#idle.add(socket);
    }
  }
}
