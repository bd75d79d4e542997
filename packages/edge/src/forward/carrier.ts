import { backoff, type Clock, type FacepipeError } from '@facepipe/service';
import type { IncomingMessage, OutgoingMessage } from '@facepipe/wire';
import { edgeError } from '../errors.js';
import type { Bell } from './bell.js';
import type { DeadLetters } from './dead-letters.js';
import type { ForwardEvent, ForwardTotals } from './event.js';
import { fateOf, isClosed, isDecisive, isHungUp } from './fate.js';
import { Inquiry } from './inquiry.js';
import type { Receipts } from './receipts.js';
import type { Route } from './route.js';
import type { Refusal } from './set-aside.js';
import type { Failure, Target } from './target.js';
import { cameThrough } from './via.js';

/** The shortest pause before a message goes again for which the connection was lost, ms: others go in between. */
const afterLoss = 30_000;

export interface CarrierOptions {
  readonly route: Route;
  /** What stands for this forwarder in what it carries. */
  readonly token: string;
  readonly target: Target;
  readonly letters: DeadLetters;
  readonly receipts: Pick<Receipts, 'watch' | 'tell'>;
  readonly totals: ForwardTotals;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  readonly onEvent: ((event: ForwardEvent) => void) | undefined;
}

/**
 * Takes messages from the source to the target. Acknowledgements leave in the order of arrival, so one message that
 * waits holds up all: it waits only for as long as nothing else passes either.
 */
export class Carrier {
  readonly #o: CarrierOptions;
  readonly #inquiry: Inquiry;
  /** Connections of the source that were lost: the messages of each come again on the next. */
  #losses = 0;
  #unacknowledged = 0;
  #wentRound = false;

  constructor(options: CarrierOptions) {
    this.#o = options;
    this.#inquiry = new Inquiry({ ...options, unacknowledged: () => this.#unacknowledged });
  }

  /** Asks the target again for what it refused, until the end. */
  run(): Promise<void> {
    return this.#inquiry.run();
  }

  /** To be called whenever the source's connection is lost: acknowledgements are worth nothing on the next. */
  sourceLost(): void {
    this.#losses += 1;
    this.#o.bell.ring();
  }

  /** Resolves when the message may be acknowledged. Rejects when the source is to send it again. */
  async carry(message: IncomingMessage): Promise<void> {
    // how a retained message is cleared: nobody's face
    if (message.payload.length === 0) return;
    this.#o.totals.received += 1;
    this.#unacknowledged += 1;
    try {
      await this.#carry(message);
    } finally {
      this.#unacknowledged -= 1;
    }
  }

  /** To the dead letters with what nobody here subscribed to: a copy, whose topic is nobody's, so no device is told. */
  async stray(message: IncomingMessage, error: FacepipeError): Promise<void> {
    this.#o.totals.received += 1;
    await this.#deadLetter(message, undefined, 'unclaimed', error);
  }

  async #carry(message: IncomingMessage): Promise<void> {
    const { route, token, receipts } = this.#o;
    const { topic } = message;
    if (cameThrough(message.userProperties, token)) return this.#round(topic);
    const device = route.deviceOf(topic);
    if (device === undefined) {
      const error = edgeError('FACEPIPE_E_FORWARD_DEVICE', { topic });
      return this.#deadLetter(message, undefined, 'device-missing', error);
    }
    let outgoing: OutgoingMessage;
    try {
      outgoing = route.outgoing(message, device, token);
    } catch (cause) {
      const fate = fateOf(cause);
      if (fate.what !== 'dead') throw cause;
      return this.#deadLetter(message, device, fate.reason, fate.error);
    }
    receipts.watch(device);
    await this.#pass(message, device, outgoing);
  }

  /** The target had it before. */
  #round(topic: string): void {
    if (this.#wentRound) return;
    this.#wentRound = true;
    this.#o.onEvent?.({ type: 'stray', topic, error: edgeError('FACEPIPE_E_FORWARD_ROUND', { topic }) });
  }

  /** Until the target has it, or it is with the dead letters. */
  async #pass(message: IncomingMessage, device: string, outgoing: OutgoingMessage): Promise<void> {
    const { target, stopping, onEvent } = this.#o;
    const { aside } = target;
    const losses = this.#losses;
    let failure: Failure | undefined;
    for (let [attempt, again] = [1, false]; ; attempt++) {
      if (!aside.has(device)) {
        const suspect = failure !== undefined && isHungUp(failure.error);
        const needless = () => (aside.has(device) ? aside.refusalOf(device)?.error : undefined);
        failure = await target.send(device, outgoing, { suspect, needless });
        if (!failure) return;
        if (failure.what === 'dead') return this.#deadLetter(message, device, failure.reason, failure.error);
        stopping.throwIfAborted();
        if (isClosed(failure.error)) throw failure.error;
        if (failure.what === 'refused') {
          target.refused(device, failure, again);
          if (again) return this.#putAside(message, device, outgoing, failure);
        } else onEvent?.({ type: 'retry', side: 'to', attempt, error: failure.error });
      }
      const refused = failure?.what === 'refused' ? failure : undefined;
      const pause = backoff(attempt, Math.random());
      const ms = refused && isHungUp(refused.error) ? Math.max(afterLoss, pause) : pause;
      const refusal = await this.#wait(device, refused, ms, losses);
      if (refusal) return this.#putAside(message, device, outgoing, refusal);
      again = refused !== undefined && aside.passedSince(refused.order);
      if (!again || !refused || !isDecisive(refused.error)) continue;
      target.refused(device, refused, true);
      return this.#putAside(message, device, outgoing, refused);
    }
  }

  /**
   * Waits for the next attempt.
   * @returns the refusal for which the message is put aside instead
   * @throws when the program ends or the source is lost: the source sends the message again
   */
  async #wait(
    device: string,
    refused: (Failure & Refusal) | undefined,
    ms: number,
    losses: number,
  ): Promise<Refusal | undefined> {
    const { target, stopping, bell, clock } = this.#o;
    const due = clock.elapsed() + ms;
    const { releases } = this.#inquiry;
    for (;;) {
      stopping.throwIfAborted();
      if (this.#losses !== losses) throw new Error('the source was lost');
      const isAside = target.aside.has(device);
      const refusal = isAside ? target.aside.refusalOf(device) : refused;
      const held = this.#inquiry.releases === releases && (!isAside || target.aside.general !== undefined);
      if (refusal && !held) return refusal;
      if (!isAside && refused && target.aside.passedSince(refused.order)) return undefined;
      // what is set aside waits for others to pass
      const left = isAside ? undefined : due - clock.elapsed();
      if (left !== undefined && left <= 0) return undefined;
      await bell.wait(left);
    }
  }

  /** To the dead letters with what the target can never take; its device is told, which would send it for ever. */
  async #deadLetter(
    message: IncomingMessage,
    device: string | undefined,
    reason: string,
    error: FacepipeError,
  ): Promise<void> {
    const { letters, totals, receipts, onEvent } = this.#o;
    const sent = await letters.send(message, device, reason, error.message);
    if ('lost' in sent) return this.#lost(message, reason, sent.lost);
    totals.dead += 1;
    if (device !== undefined && sent.dead) await receipts.tell(device, sent.dead);
    onEvent?.({ type: 'dead', topic: message.topic, reason, subscribed: sent.subscribed });
  }

  /** To the dead letters with what the target refuses for now; its device is not told, so that it may send it again. */
  async #putAside(
    message: IncomingMessage,
    device: string,
    outgoing: OutgoingMessage,
    { reason, error }: Refusal,
  ): Promise<void> {
    const { target, letters, totals, bell, onEvent } = this.#o;
    const sent = await letters.send(message, device, reason, error.message);
    totals.aside += 1;
    target.custody.keep(device, outgoing, isHungUp(error));
    bell.ring();
    if ('lost' in sent) return this.#lost(message, reason, sent.lost);
    onEvent?.({ type: 'put-aside', topic: message.topic, reason, subscribed: sent.subscribed });
  }

  #lost({ topic }: IncomingMessage, reason: string, error: Error): void {
    this.#o.totals.lost += 1;
    this.#o.onEvent?.({ type: 'lost', topic, reason, error });
  }
}
