import type { IncomingMessage } from '../message/message.js';
import { matches } from '../message/topic.js';
import { packetSize } from './packet.js';

/** Its promise is the acknowledgement. */
export type Handler = (message: IncomingMessage) => Promise<void>;

/**
 * Filters that were left and are remembered, since messages may be on their way; beyond it the oldest are forgotten.
 */
const maxLeft = 10_000;
/**
 * Most and least bytes that unhandled messages may take besides their payloads; between them as many as the payloads.
 */
const maxBeside = 64 * 2 ** 20;
const minBeside = 2 ** 20;
/** What a message takes besides its packet: objects, closures, promises. Measured: 3.2 kB in a chain of handlers. */
const overhead = 4096;

interface Parked {
  readonly message: IncomingMessage;
  readonly size: number;
  readonly claim: (handled: Promise<void>) => void;
}

/** Bytes of messages that may wait for a handler. */
const maxParked = 16 * 2 ** 20;

/**
 * What was received and is not handled yet. Messages of a resumed session come before the program has subscribed;
 * those are kept for the handler to come, because acknowledging them would lose them. Once the program has had its time
 * to subscribe, what still has no handler never gets one, and would only hold up the acknowledgements behind it.
 */
export class Inbox {
  readonly #limit: number;
  readonly #besideLimit: number;
  readonly #handlerTimeout: number;
  readonly #unclaimed: Handler;
  readonly #handlers = new Map<string, Handler>();
  /** Those of them that match more than the topic they spell. */
  readonly #patterns = new Map<string, Handler>();
  readonly #left = new Set<string>();
  readonly #parked = new Set<Parked>();
  #parkedBytes = 0;
  #patient: NodeJS.Timeout | undefined;
  #impatient = false;
  #held = 0;
  #beside = 0;
  #running = 0;
  #received = 0;
  #full = false;
  #stopped = false;

  /**
   * @param limit bytes of payload held; a single message may exceed it
   * @param handlerTimeout milliseconds from the first connection on in which messages wait for a handler that matches
   * @param unclaimed gets those for which none came
   */
  constructor(limit: number, handlerTimeout: number, unclaimed: Handler) {
    this.#limit = limit;
    this.#besideLimit = Math.max(minBeside, Math.min(limit, maxBeside));
    this.#handlerTimeout = handlerTimeout;
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
    return this.#held <= this.#limit / 2 && this.#beside <= this.#besideLimit / 2;
  }

  /** There is a connection: the time for handlers runs. */
  begin(): void {
    if (this.#impatient || this.#stopped) return;
    this.#patient ??= setTimeout(() => {
      this.#impatient = true;
      for (const parked of this.#parked) this.#claim(parked, this.#unclaimed);
    }, this.#handlerTimeout);
  }

  handle(filter: string, handler: Handler): void {
    this.#left.delete(filter);
    this.#handlers.set(filter, handler);
    if (/[+#]|^\$share\//.test(filter)) this.#patterns.set(filter, handler);
    for (const parked of this.#parked) {
      if (matches(filter, parked.message.topic)) this.#claim(parked, handler);
    }
  }

  /** Messages that still come for this filter are no longer wanted. */
  leave(filter: string): void {
    this.#handlers.delete(filter);
    this.#patterns.delete(filter);
    this.#left.delete(filter);
    this.#left.add(filter);
    for (const oldest of this.#left) {
      if (this.#left.size <= maxLeft) break;
      this.#left.delete(oldest);
    }
  }

  /** Takes a message. Undefined: it is left to the broker, with all that follow until `reset`. */
  receive(message: IncomingMessage): Promise<void> | undefined {
    if (this.#stopped || this.#full) return undefined;
    const size = message.payload.length;
    // topics and properties are there twice, as text and in their packet; and a message without a byte takes memory,
    // too
    const beside = 2 * (packetSize(message, 5) - size) + overhead;
    const tooMuch =
      (this.#held > 0 && this.#held + size > this.#limit) ||
      (this.#beside > 0 && this.#beside + beside > this.#besideLimit) ||
      (this.#parkedBytes > maxParked && this.#isEarly(message));
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
    for (const { claim } of this.#parked) claim(Promise.resolve());
    this.#parked.clear();
    this.#parkedBytes = 0;
  }

  /** Takes nothing more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#patient);
  }

  #handlersOf(topic: string): Handler[] {
    const wanted = [...this.#patterns]
      .filter(([filter]) => matches(filter, topic))
      .map(([, handler]) => handler);
    // thousands of plain topics cost nothing here
    const own = this.#handlers.get(topic);
    return own ? [...wanted, own] : wanted;
  }

  #isLeft(topic: string): boolean {
    return [...this.#left].some((filter) => matches(filter, topic));
  }

  /** Whether a handler for it may still come. */
  #isEarly({ topic, qos }: IncomingMessage): boolean {
    return qos > 0 && !this.#impatient && this.#handlersOf(topic).length === 0 && !this.#isLeft(topic);
  }

  #claim(parked: Parked, handler: Handler): void {
    this.#parked.delete(parked);
    this.#parkedBytes -= parked.size;
    parked.claim(this.#run([handler], parked.message));
  }

  #route(message: IncomingMessage): Promise<void> {
    const { topic, qos } = message;
    const wanted = this.#handlersOf(topic);
    if (wanted.length > 0) return this.#run(wanted, message);
    if (qos === 0 || this.#isLeft(topic)) return Promise.resolve();
    if (this.#impatient) return this.#run([this.#unclaimed], message);
    return new Promise((claim) => {
      const size = packetSize(message, 5) + overhead;
      this.#parked.add({ message, size, claim });
      this.#parkedBytes += size;
    });
  }

  /** Done when all are done, even if one has failed before. */
  async #run(handlers: Handler[], message: IncomingMessage): Promise<void> {
    const results = await Promise.allSettled(handlers.map(async (handler) => handler(message)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
