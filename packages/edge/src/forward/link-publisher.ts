import { type Clock, FacepipeError } from '@facepipe/service';
import type { Link, OutgoingMessage } from '@facepipe/wire';
import { edgeError } from '../errors.js';

/** Losses of the connection with a message on its way, before it goes alone; alone, before it is given up. */
const lossesTogether = 2;
const lossesAlone = 1;
/** How long nothing goes alone when a message was given up: time to see whether anything else passes, ms. */
const pauseAfterGivenUp = 1000;
/** How long a broker may leave a message without an answer when it has answered a later one, ms. */
const overtaken = 5000;

/** What became of a publish. `order` is its place among all publishes of this publisher. */
export type Outcome = { readonly order: number } & ({ readonly routed: boolean } | { readonly error: Error });

export interface PublishOptions {
  /** Milliseconds; default that of the link. */
  timeout?: number;
  /** The broker has hung up on it, or on its like, before: it goes alone from the beginning. */
  suspect?: boolean;
  /** It goes before all that is to go alone, and alone while anything is. */
  urgent?: boolean;
  /** Asked when its turn comes to go alone: why it need not go any more. */
  needless?: () => Error | undefined;
}

interface Inflight {
  readonly order: number;
  readonly message: OutgoingMessage;
  readonly given: AbortController;
  losses: number;
  /** Runs while the broker has answered a later message. */
  late?: AbortController;
}

/**
 * Publishes on one link, of which none goes on for ever: neither one for which the broker hangs up each time, nor one
 * that it leaves without an answer.
 */
export class LinkPublisher {
  readonly #link: Pick<Link, 'publish' | 'url'>;
  readonly #clock: Pick<Clock, 'sleep'>;
  /** In the order in which they were published. */
  readonly #inflight = new Set<Inflight>();
  #order = 0;
  /** What goes alone, one after the other. */
  readonly #single: (() => Promise<void>)[] = [];
  #alone = false;
  #pausing: { end: () => void } | undefined;

  constructor(link: Pick<Link, 'publish' | 'url'>, clock: Pick<Clock, 'sleep'>) {
    this.#link = link;
    this.#clock = clock;
  }

  /** To be called whenever the link has lost its connection. */
  lost(): void {
    const broker = this.#link.url;
    for (const sent of this.#inflight) {
      // its answer may have gone with the connection
      sent.late?.abort();
      delete sent.late;
      sent.losses -= 1;
      const { topic, payload } = sent.message;
      if (sent.losses > 0) continue;
      sent.given.abort(edgeError('FACEPIPE_E_FORWARD_HUNG_UP', { broker, topic, size: payload.length }));
    }
  }

  /** Never rejects. */
  async publish(message: OutgoingMessage, options: PublishOptions = {}): Promise<Outcome> {
    const { timeout, suspect = false, urgent = false, needless } = options;
    if (!suspect && !(urgent && this.#alone)) {
      const outcome = await this.#send(message, lossesTogether, timeout);
      if (!('error' in outcome) || !isHungUp(outcome.error)) return outcome;
    }
    // one at a time, which tells the one that the broker hangs up on from those that were on their way with it
    return new Promise((resolve) => {
      const go = async () => {
        const error = needless?.();
        const outcome = error
          ? { order: this.#order, error }
          : await this.#send(message, lossesAlone, timeout);
        resolve(outcome);
        if (!error && 'error' in outcome && isHungUp(outcome.error)) await this.#pause();
      };
      if (urgent) this.#single.unshift(go);
      else this.#single.push(go);
      if (urgent) this.#pausing?.end();
      void this.#goAlone();
    });
  }

  async #goAlone(): Promise<void> {
    if (this.#alone) return;
    this.#alone = true;
    for (let go = this.#single.shift(); go; go = this.#single.shift()) {
      await go();
      // whoever waited for this may find the next one needless
      await new Promise(setImmediate);
    }
    this.#alone = false;
  }

  /** Until something urgent comes. */
  async #pause(): Promise<void> {
    if (this.#single[0] === undefined) return;
    const ending = new AbortController();
    this.#pausing = { end: () => ending.abort() };
    await this.#clock.sleep(pauseAfterGivenUp, ending.signal);
    this.#pausing = undefined;
  }

  async #send(message: OutgoingMessage, losses: number, timeout: number | undefined): Promise<Outcome> {
    this.#order += 1;
    const sent: Inflight = { order: this.#order, message, given: new AbortController(), losses };
    const { order, given } = sent;
    this.#inflight.add(sent);
    try {
      const { routed } = await this.#link.publish(message, {
        signal: given.signal,
        ...(timeout !== undefined && { timeout }),
      });
      this.#overtake(order);
      return { order, routed };
    } catch (cause) {
      return { order, error: cause instanceof Error ? cause : new Error(String(cause)) };
    } finally {
      sent.late?.abort();
      this.#inflight.delete(sent);
    }
  }

  /** The broker has answered a message: what was published before it should have been answered before it. */
  #overtake(order: number): void {
    for (const sent of this.#inflight) {
      if (sent.order >= order) return;
      if (!sent.late) void this.#giveUpLate(sent);
    }
  }

  async #giveUpLate(sent: Inflight): Promise<void> {
    const late = new AbortController();
    sent.late = late;
    await this.#clock.sleep(overtaken, late.signal);
    if (late.signal.aborted) return;
    const values = { broker: this.#link.url, topic: sent.message.topic };
    sent.given.abort(edgeError('FACEPIPE_E_FORWARD_PASSED_OVER', values));
  }
}

function isHungUp(error: Error): boolean {
  return error instanceof FacepipeError && error.code === 'FACEPIPE_E_FORWARD_HUNG_UP';
}
