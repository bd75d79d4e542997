import type { Clock } from '@facepipe/service';
import type { OutgoingMessage } from '@facepipe/wire';
import { edgeError } from '../errors.js';
import type { Bell } from './bell.js';
import { Custody } from './custody.js';
import type { ForwardEvent, ForwardTotals } from './event.js';
import { type Fate, fateOf, isClosed } from './fate.js';
import type { LinkPublisher, PublishOptions } from './link-publisher.js';
import { Lru } from './lru.js';
import { type Refusal, SetAside } from './set-aside.js';
import { Witnesses } from './witnesses.js';

export interface TargetOptions {
  /** Without userinfo. */
  readonly url: string;
  readonly publisher: LinkPublisher;
  readonly totals: ForwardTotals;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly onEvent: ((event: ForwardEvent) => void) | undefined;
}

/** What became of a message that did not pass, with its place among all that was published. */
export type Failure = Fate & { readonly order: number };

/** The target of a forwarder, and what is known of what it takes. Its bell rings when that changes. */
export class Target {
  readonly custody: Custody;
  readonly aside = new SetAside((device) => this.custody.forget(device));
  readonly witnesses = new Witnesses();
  readonly #o: TargetOptions;
  /** Topics of which it was told that nobody subscribes. */
  readonly #noSubscribers = new Lru<string, true>(10_000);
  /** What was left unanswered, while nothing has passed since. */
  #stalled: Error | undefined;

  constructor(options: TargetOptions) {
    this.#o = options;
    this.custody = new Custody(options.clock);
  }

  /** Why nothing passes; undefined while something does. */
  get trouble(): string | undefined {
    return (this.aside.general?.error ?? this.#stalled)?.message;
  }

  /**
   * @param copy of a message that passed before: it is not counted
   * @returns undefined when the target has it
   */
  async send(
    device: string,
    message: OutgoingMessage,
    options: PublishOptions = {},
    copy = false,
  ): Promise<Failure | undefined> {
    const { publisher, url, totals, onEvent } = this.#o;
    const { topic } = message;
    const outcome = await publisher.publish(message, options);
    const { order } = outcome;
    if ('error' in outcome) {
      const fate = fateOf(outcome.error);
      if (fate.what === 'again' && !isClosed(fate.error)) this.#stalled = fate.error;
      return { ...fate, order };
    }
    if (!outcome.routed) {
      // a broker discards what nobody subscribes to, and says so with its acknowledgement (MQTT 5): that is no delivery
      const error = edgeError('FACEPIPE_E_FORWARD_UNROUTED', { topic, broker: url });
      if (!this.#noSubscribers.has(topic)) onEvent?.({ type: 'no-subscribers', topic, error });
      this.#noSubscribers.set(topic, true);
      return { what: 'refused', reason: 'unrouted', error, order };
    }
    this.#noSubscribers.delete(topic);
    this.#passed(device, message, order);
    if (copy) return undefined;
    totals.forwarded += 1;
    onEvent?.({ type: 'forwarded', device, message });
    return undefined;
  }

  /** @param again it was refused before, and something that was published in between passed */
  refused(device: string, failure: Refusal & { readonly order: number }, again: boolean): void {
    const { bell, onEvent } = this.#o;
    const { error, reason, order } = failure;
    const { general } = this.aside;
    const isAside = this.aside.refused(device, { error, reason }, order, again);
    if (isAside) onEvent?.({ type: 'aside', device, error });
    if (isAside || !general) bell.ring();
  }

  #passed(device: string, message: OutgoingMessage, order: number): void {
    const { bell, onEvent } = this.#o;
    this.#stalled = undefined;
    this.witnesses.passed(device, message);
    const { back, news } = this.aside.passed(device, order);
    if (back) onEvent?.({ type: 'back', device });
    const kept = this.custody.welcome(device);
    if (news || kept) bell.ring();
  }
}
