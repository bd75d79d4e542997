import { setMaxListeners } from 'node:events';
import { backoff, FacepipeError, type Link, type OutgoingMessage, systemClock } from '@facepipe/wire';
import { unlessAborted } from './abort.js';

export interface PublisherOptions {
  links: readonly Link[];
  /** Most faces under way at a time; `add` waits beyond it. Default 64. */
  limit?: number;
  /** Most bytes under way at a time. Default 64 MiB. */
  maxBytes?: number;
  onPublished?: (message: OutgoingMessage, link: Link, routed: boolean) => void;
  onRetry?: (link: Link, error: Error, attempt: number) => void;
  onLost?: (message: OutgoingMessage, link: Link, error: Error) => void;
}

/** What no repetition can mend: the broker will say the same next time. */
const hopeless = new Set(['FACEPIPE_E_TOO_LARGE', 'FACEPIPE_E_TOPIC', 'FACEPIPE_E_PROPERTY']);

/**
 * Faces on their way to every broker, in memory. Each is published again until the broker has acknowledged it; a full
 * publisher makes `add` wait, and so the source skip frames, rather than queue without bound.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #underWay = new Set<Promise<void>>();
  readonly #giveUp = new AbortController();
  readonly #published: Map<Link, number>;
  #bytes = 0;
  #lost = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#limit = options.limit ?? 64;
    this.#maxBytes = options.maxBytes ?? 64 * 2 ** 20;
    // every face under way listens to it
    setMaxListeners(0, this.#giveUp.signal);
    this.#published = new Map(options.links.map((link) => [link, 0]));
  }

  /** Faces not yet acknowledged by every broker. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Acknowledged faces, by broker. */
  get published(): ReadonlyMap<Link, number> {
    return this.#published;
  }

  /** Copies given up, over all brokers. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * Resolves once the face has a place, not once it is delivered. After `signal` it has one at once: what was captured
   * is kept, and the drain has a deadline of its own.
   */
  async add(message: OutgoingMessage, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.#underWay.size >= this.#limit || this.#bytes >= this.#maxBytes)) {
      await unlessAborted(Promise.race(this.#underWay), signal);
    }
    this.#bytes += message.payload.length;
    const sent = Promise.all(this.#options.links.map((link) => this.#send(message, link))).then(() => {
      this.#bytes -= message.payload.length;
      this.#underWay.delete(sent);
    });
    this.#underWay.add(sent);
  }

  /** Waits until everything is delivered, at most `timeout` ms; what is left then counts as lost. */
  async drain(timeout: number): Promise<void> {
    const deadline = new AbortController();
    const late = systemClock.sleep(timeout, deadline.signal).then(() => {
      if (!deadline.signal.aborted) this.#giveUp.abort();
    });
    await Promise.all([...this.#underWay]);
    deadline.abort();
    await late;
  }

  async #send(message: OutgoingMessage, link: Link): Promise<void> {
    const { onPublished, onRetry, onLost } = this.#options;
    const { signal } = this.#giveUp;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await unlessAborted(link.publish(message), signal);
        if (!answer) throw new Error('the program ended before the broker had it');
        this.#published.set(link, (this.#published.get(link) ?? 0) + 1);
        onPublished?.(message, link, answer.routed);
        return;
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (signal.aborted || (error instanceof FacepipeError && hopeless.has(error.code))) {
          this.#lost++;
          onLost?.(message, link, error);
          return;
        }
        onRetry?.(link, error, attempt);
        await systemClock.sleep(backoff(attempt, Math.random()), signal);
      }
    }
  }
}
