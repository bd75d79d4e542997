import type { WebSocket } from 'ws';
import type { Feed } from '../feed/feed.js';
import { Viewer } from './viewer.js';

/** Pages that may look at a time. */
const maxViewers = 64;
/** How often they are told what changed, and asked for a sign of life, ms. */
const every = { news: 200, second: 1000, ping: 15_000 };
/** What WebSocket's close codes (RFC 6455, 7.4.1) say. */
const codes = { policy: 1008, tryLater: 1013, goingAway: 1001 } as const;

/** Everybody who looks at the page, each told what is new. */
export class Viewers implements Iterable<Viewer> {
  readonly #feed: Feed;
  readonly #shown: () => { number: number; bytes: Uint8Array } | undefined;
  readonly #viewers = new Set<Viewer>();
  readonly #timers: NodeJS.Timeout[] = [];

  /** @param shown the camera's latest frame */
  constructor(feed: Feed, shown: () => { number: number; bytes: Uint8Array } | undefined) {
    this.#feed = feed;
    this.#shown = shown;
  }

  get size(): number {
    return this.#viewers.size;
  }

  [Symbol.iterator](): Iterator<Viewer> {
    return this.#viewers[Symbol.iterator]();
  }

  /** Takes one more, who is told everything. */
  add(socket: WebSocket): void {
    if (this.size >= maxViewers) {
      socket.close(codes.tryLater, 'too many people look at this page');
      return;
    }
    // what others have not heard yet is in its state already
    this.#tell();
    const viewer = new Viewer(socket);
    this.#viewers.add(viewer);
    this.#count();
    socket.on('message', (message) => {
      const watched = viewer.watches;
      if (!viewer.take(String(message))) return viewer.close(codes.policy, 'this is not what the page says');
      const shown = this.#shown();
      if (!watched && viewer.wantsFrame && shown) viewer.show(shown.number, shown.bytes);
    });
    socket.on('error', () => viewer.terminate());
    socket.on('close', () => {
      this.#viewers.delete(viewer);
      this.#count();
    });
    viewer.send(JSON.stringify(this.#feed.hello));
    viewer.send(this.#state());
  }

  close(): void {
    this.#stop();
    for (const viewer of this.#viewers) viewer.close(codes.goingAway, 'the program ends');
  }

  #state(): string {
    return JSON.stringify(this.#feed.state());
  }

  #count(): void {
    this.#feed.viewers = this.size;
    if (this.size === 0) this.#stop();
    else if (this.#timers.length === 0) this.#start();
  }

  /** Timers run only while somebody looks. */
  #start(): void {
    const { news, second, ping } = every;
    this.#timers.push(
      setInterval(() => this.#tell(), news),
      setInterval(() => this.#each((viewer) => viewer.tick()), second),
      setInterval(() => {
        this.#each((viewer) => viewer.ping());
        this.#tell(true);
      }, ping),
    );
  }

  #stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** @param anyway also where nothing is new: that the server is there */
  #tell(anyway = false): void {
    if (this.size === 0) return;
    const patch = this.#feed.patch() ?? (anyway ? this.#feed.nothing() : undefined);
    // made once, for all who have missed news
    let state: string | undefined;
    const whole = () => {
      state ??= this.#state();
      return state;
    };
    const text = patch && JSON.stringify(patch);
    this.#each((viewer) => viewer.tell(text, whole));
  }

  #each(work: (viewer: Viewer) => void): void {
    for (const viewer of this.#viewers) work(viewer);
  }
}
