import { systemClock } from '@facepipe/service';
import { type Arrival, deadFace, type IncomingMessage, lagOf } from '@facepipe/wire';
import type { WritableStore } from '../store/store.js';
import type { DeadLetters } from './dead-letters.js';
import { isForEver, sortOfPut } from './fault-sort.js';
import { type Fault, judge, type Verdict } from './judge.js';
import type { Receipts } from './receipts.js';
import type { Repetition } from './repetition.js';
import type { SetAside } from './set-aside.js';
import type { SinkEvent, Totals } from './sink-event.js';
import type { SinkPlan } from './sink-plan.js';
import type { StoreWatch } from './store-watch.js';

export interface DeliveryOptions {
  plan: SinkPlan;
  store: WritableStore;
  repetition: Repetition;
  watch: StoreWatch;
  aside: SetAside;
  deadLetters: DeadLetters;
  receipts: Receipts;
  totals: Totals;
  emit: (event: SinkEvent) => void;
}

type Placed = Exclude<Verdict, Fault>;

function lagFields({ facts }: Arrival): { lag?: number; implausible?: true } {
  if (!facts) return {};
  const lag = lagOf(facts.captured, systemClock.now());
  return lag === undefined ? { implausible: true } : { lag };
}

/** What becomes of a message: an object, or a dead letter. */
export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the message is done with, so that it can be acknowledged.
   * @throws the reason why it ended with the sink, which leaves the message with the broker
   */
  async deliver(message: IncomingMessage): Promise<void> {
    const { plan, store, repetition, watch, aside } = this.#options;
    const device = plan.deviceOf(message.topic);
    let verdict: Verdict | undefined;
    const put = await repetition.until({
      run: async (signal) => {
        verdict ??= await judge(message, plan, new Date(systemClock.now()));
        return {
          verdict,
          outcome: 'object' in verdict ? await store.put(verdict.object, signal) : undefined,
        };
      },
      sort: (error) => {
        const failing = sortOfPut(error);
        const known = failing !== undefined && device !== undefined && aside.has(device, failing);
        return { failing, known: known || isForEver(error) };
      },
    });
    if ('error' in put) return this.#setAside(message, verdict, put.error);
    const { outcome } = put.done;
    if (!('object' in put.done.verdict)) return this.deadLetter(message, put.done.verdict);
    watch.answered();
    const { arrival, object } = put.done.verdict;
    const about = { id: arrival.id, device: put.done.verdict.device };
    if (outcome === 'refused') {
      const detail = `The store does not take an object of ${object.body.length} bytes under ${object.key}.`;
      return this.deadLetter(message, { reason: 'store-refused', detail, ...about });
    }
    if (outcome === 'conflict') {
      const detail = `Other bytes are stored under ${object.key}.`;
      return this.deadLetter(message, { reason: 'id-conflict', detail, ...about });
    }
    if (outcome) this.#stored(put.done.verdict, outcome);
  }

  #stored({ arrival, device, object }: Placed, outcome: 'stored' | 'duplicate'): void {
    const { repetition, aside, receipts, totals, emit } = this.#options;
    repetition.pass();
    if (aside.passed(device)) emit({ type: 'back', device });
    if (outcome === 'stored') totals.bytes += object.body.length;
    totals[outcome === 'stored' ? 'stored' : 'duplicates'] += 1;
    receipts.stored(device, arrival.id);
    const what = { id: arrival.id, key: object.key, device, bytes: object.body.length };
    emit({ type: outcome, ...what, ...lagFields(arrival) });
  }

  /**
   * The store takes others and not this one. Its device is not told that it is dead: it may keep it and send it again.
   */
  async #setAside(message: IncomingMessage, verdict: Verdict | undefined, error: Error): Promise<void> {
    if (!verdict || !('object' in verdict)) throw error;
    const { aside, emit } = this.#options;
    const { arrival, device } = verdict;
    if (aside.add(device, sortOfPut(error) ?? 'unanswered', error)) emit({ type: 'aside', device, error });
    const detail = 'The store takes others and not this one.';
    await this.deadLetter(message, { reason: 'set-aside', detail, id: arrival.id, device });
  }

  /** A dead letter of it, and word of that to its device. */
  async deadLetter(message: IncomingMessage, fault: Fault): Promise<void> {
    const { deadLetters, receipts, totals, emit } = this.#options;
    const { kept, sent, routed, error } = await deadLetters.send(message, fault);
    const { id, device, reason } = fault;
    totals.dead += 1;
    const about = { id, reason, topic: message.topic };
    if (!sent && !kept) {
      emit({ type: 'lost', ...about, error: error ?? new Error('unknown') });
      return;
    }
    const dead = reason === 'set-aside' ? undefined : await deadFace(message, device, reason);
    if (dead && device !== undefined) receipts.died(device, dead);
    emit({ type: 'dead', ...about, subscribed: routed, ...(error && { error }) });
  }
}
