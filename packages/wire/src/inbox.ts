import type { IncomingMessage } from './message.js';
import { packetSize } from './packet.js';
import { matches } from './topic.js';

/** Its promise is the acknowledgement. */
export type Handler = (message: IncomingMessage) => Promise<void>;

/** Bytes that unhandled messages may take besides their payloads, and what each takes besides its packet. */
const mostBeside = 32 * 2 ** 20;
const overhead = 2048;

interface Parked {
  readonly message: IncomingMessage;
  readonly timer: NodeJS.Timeout;
  readonly claim: (handled: Promise<void>) => void;
}

/**
 * What was received and is not handled yet. Messages of a resumed session come before the program has subscribed;
 * those are kept for the handler to come, because acknowledging them would lose them.
 */
export class Inbox {
  readonly #limit: number;
  readonly #patience: number;
  readonly #unclaimed: (topic: string) => void;
  readonly #handlers = new Map<string, Handler>();
  readonly #left = new Set<string>();
  readonly #parked = new Set<Parked>();
  #held = 0;
  #beside = 0;
  #running = 0;
  #received = 0;
  #full = false;
  #stopped = false;

  /**
   * @param limit bytes of payload held; a single message may exceed it
   * @param patience milliseconds a message waits for a handler that matches
   * @param unclaimed called when none came in that time
   */
  constructor(limit: number, patience: number, unclaimed: (topic: string) => void) {
    this.#limit = limit;
    this.#patience = patience;
    this.#unclaimed = unclaimed;
  }

  /** Bytes of payload in unfinished handlers. */
  get held(): number {
    return this.#held;
  }

  /** Whether no handler runs. */
  get idle(): boolean {
    return this.#running === this.#parked.size;
  }

  /** Messages that wait for a handler. */
  get parked(): number {
    return this.#parked.size;
  }

  /** Messages taken so far. */
  get received(): number {
    return this.#received;
  }

  /** Whether enough was handled to take again what had to be left to the broker. */
  get drained(): boolean {
    return this.#held <= this.#limit / 2 && this.#beside <= mostBeside / 2;
  }

  handle(filter: string, handler: Handler): void {
    this.#left.delete(filter);
    this.#handlers.set(filter, handler);
    for (const parked of this.#parked) {
      if (!matches(filter, parked.message.topic)) continue;
      clearTimeout(parked.timer);
      this.#parked.delete(parked);
      parked.claim(this.#run([handler], parked.message));
    }
  }

  /** Messages that still come for this filter are no longer wanted. */
  leave(filter: string): void {
    this.#handlers.delete(filter);
    this.#left.add(filter);
  }

  /** Takes a message. Undefined: it is left to the broker, with all that follow until `reset`. */
  receive(message: IncomingMessage): Promise<void> | undefined {
    if (this.#stopped || this.#full) return undefined;
    const size = message.payload.length;
    // topics and properties take memory too, and so does a message without a byte
    const beside = packetSize(message, 5) - size + overhead;
    const tooMuch =
      (this.#held > 0 && this.#held + size > this.#limit) ||
      (this.#beside > 0 && this.#beside + beside > mostBeside);
    if (tooMuch) {
      // A message of QoS 0 is lost by this, as it may be; one of QoS 1 must keep its place, so none may pass it.
      this.#full = message.qos > 0;
      return undefined;
    }
    this.#received += 1;
    this.#held += size;
    this.#beside += beside;
    this.#running += 1;
    return this.#route(message).finally(() => {
      this.#held -= size;
      this.#beside -= beside;
      this.#running -= 1;
    });
  }

  /** The connection is gone: what is parked comes again on the next. */
  reset(): void {
    this.#full = false;
    for (const { timer, claim } of this.#parked) {
      clearTimeout(timer);
      claim(Promise.resolve());
    }
    this.#parked.clear();
  }

  /** Takes nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  #route(message: IncomingMessage): Promise<void> {
    const { topic } = message;
    const wanted = [...this.#handlers].filter(([filter]) => matches(filter, topic));
    if (wanted.length > 0)
      return this.#run(
        wanted.map(([, handler]) => handler),
        message,
      );
    if (message.qos === 0 || [...this.#left].some((filter) => matches(filter, topic)))
      return Promise.resolve();
    return new Promise((claim) => {
      const timer = setTimeout(() => this.#unclaimed(topic), this.#patience);
      this.#parked.add({ message, timer, claim });
    });
  }

  /** Done when all are done, even if one has failed before. */
  async #run(handlers: Handler[], message: IncomingMessage): Promise<void> {
    const results = await Promise.allSettled(handlers.map(async (handler) => handler(message)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
