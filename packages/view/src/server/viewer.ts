import type { WebSocket } from 'ws';
import type { Request } from '../protocol.js';

/** Bytes that wait for a viewer at most before it is left out of news, and those at which it has caught up. */
const backlog = { most: 2 ** 20, least: 64 * 1024 };
/** Frames that a viewer may have without having drawn them. */
const maxUndrawn = 2;
/** Requests a second; a page makes one for each frame. */
const maxRequests = 200;

/** The request in a message of a page; undefined where it is none. */
function requestOf(message: string): Request | undefined {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return undefined;
  }
  const { type, frames, rejected, number } = (value ?? {}) as Record<string, unknown>;
  if (type === 'watch' && typeof frames === 'boolean' && typeof rejected === 'boolean')
    return { type, frames, rejected };
  return type === 'drawn' && Number.isSafeInteger(number) ? { type, number: Number(number) } : undefined;
}

/** One page that looks. Whoever is slow misses frames, and gets the state anew once it has caught up. */
export class Viewer {
  readonly #socket: WebSocket;
  #behind = false;
  #answered = true;
  #undrawn: number[] = [];
  #requests = 0;
  watches = false;
  rejected = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('pong', () => {
      this.#answered = true;
    });
  }

  /** Whether a frame may be sent to it. */
  get wantsFrame(): boolean {
    return this.watches && !this.#behind && this.#undrawn.length < maxUndrawn && !this.#isFull;
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount > backlog.most;
  }

  /** Takes what the page says. Returns whether it is what a page says, and not too often. */
  take(message: string): boolean {
    const request = requestOf(message);
    if (!request || ++this.#requests > maxRequests) return false;
    if (request.type === 'drawn') {
      this.#undrawn = this.#undrawn.filter((number) => number > request.number);
      return true;
    }
    this.watches = request.frames;
    this.rejected = request.rejected;
    this.#undrawn = [];
    return true;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /**
   * @param text what is new, if anything is
   * @param state makes the state, for one that has missed news
   */
  tell(text: string | undefined, state: () => string): void {
    if (this.#behind && this.#socket.bufferedAmount <= backlog.least) {
      this.#behind = false;
      this.send(state());
    } else if (text !== undefined) {
      if (this.#isFull) this.#behind = true;
      if (!this.#behind) this.send(text);
    }
  }

  show(number: number, frame: Uint8Array): void {
    this.#undrawn.push(number);
    this.#socket.send(frame);
  }

  /** Once a second. */
  tick(): void {
    this.#requests = 0;
  }

  /** Asks for a sign of life. Returns false where the last one was not answered: it is gone. */
  ping(): boolean {
    if (!this.#answered) {
      this.#socket.terminate();
      return false;
    }
    this.#answered = false;
    this.#socket.ping();
    return true;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
