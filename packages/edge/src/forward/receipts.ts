import { backoff, type Clock, FacepipeError } from '@facepipe/service';
import {
  type DeadFace,
  decodeReceipt,
  encodeReceipt,
  type IncomingMessage,
  type Link,
  type Receipt,
} from '@facepipe/wire';
import type { Bell } from './bell.js';
import type { ForwardEvent, ForwardTotals } from './event.js';
import type { LinkPublisher } from './link-publisher.js';
import { Lru } from './lru.js';
import { receiptTopic } from './route.js';
import { viaToken } from './via.js';

/** Devices whose receipts are subscribed to; beyond it the one that sent nothing for longest is unsubscribed. */
const maxDevices = 10_000;
/** How long the source may take to acknowledge a receipt, ms: what comes behind it waits for it. */
const publishTimeout = 10_000;
/** Times that a receipt is sent while the source is there. */
const maxTries = 2;
/** How long receipts of a device are not tried when the source did not answer one or hung up on it, ms. */
const rest = 60_000;
/** Losses of the connection with an unanswered subscription, after which it is withdrawn for a while. */
const maxLosses = 2;
/** Pauses before a subscription is tried again, ms. */
const shortest = 10_000;
const longest = 3_600_000;

interface Watch {
  state: 'asked' | 'granted' | 'failed';
  /** Times it was asked for: an answer that is late belongs to an earlier one. */
  asks: number;
  losses: number;
  failures: number;
  /** When it may be asked for again. */
  due: number;
}

export interface ReceiptsOptions {
  readonly from: Pick<Link, 'connected'>;
  readonly to: Pick<Link, 'subscribe' | 'unsubscribe' | 'clientId'>;
  /** Of the source. */
  readonly publisher: Pick<LinkPublisher, 'publish'>;
  readonly totals: ForwardTotals;
  readonly bell: Bell;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly stopping: AbortSignal;
  readonly onEvent: ((event: ForwardEvent) => void) | undefined;
}

/** Receipts of the devices that pass, from the target back to the source. One that is lost costs a repetition only. */
export class Receipts {
  readonly #o: ReceiptsOptions;
  readonly #token: string;
  readonly #watches: Lru<string, Watch>;
  readonly #resting = new Lru<string, number>(1000);

  constructor(options: ReceiptsOptions) {
    this.#o = options;
    this.#token = viaToken(options.to.clientId);
    this.#watches = new Lru(maxDevices, (device, watch) => {
      if (watch.state !== 'failed') void options.to.unsubscribe(receiptTopic(device));
      watch.state = 'failed';
    });
  }

  /**
   * Subscribes to the receipts of a device, unless that is done. To be called before its message is published: the
   * broker then handles the subscription first. Nothing waits for its answer.
   */
  watch(device: string): void {
    const known = this.#watches.get(device);
    if (known && (known.state !== 'failed' || known.due > this.#o.clock.elapsed())) return;
    // of those that broke connections off only one at a time, which tells the one that does it from the others
    if (known && known.losses >= maxLosses && this.#suspectAsked()) return;
    const watch: Watch = known ?? { state: 'failed', asks: 0, losses: 0, failures: 0, due: 0 };
    watch.state = 'asked';
    watch.asks += 1;
    this.#watches.set(device, watch);
    const { asks } = watch;
    const failed = (error: Error) => {
      if (watch.asks === asks) this.#failed(device, watch, error);
    };
    // only of what passes here: a fleet's would be too many. The handler is that of the claim.
    const asked = this.#o.to.subscribe(receiptTopic(device), async () => {}, { onRefused: failed });
    asked.then(() => {
      if (watch.asks !== asks || watch.state !== 'asked') return;
      Object.assign(watch, { state: 'granted', losses: 0, failures: 0 });
    }, failed);
  }

  /** To be called whenever the target's connection is lost. */
  lost(): void {
    for (const [device, watch] of this.#watches) {
      if (watch.state !== 'asked') continue;
      watch.losses += 1;
      if (watch.losses < maxLosses) continue;
      watch.state = 'failed';
      this.#rest(watch);
      void this.#o.to.unsubscribe(receiptTopic(device));
    }
  }

  /** Carries a receipt back. */
  async carry({ topic, payload }: IncomingMessage): Promise<void> {
    let receipt: Receipt;
    try {
      receipt = decodeReceipt(payload);
    } catch (error) {
      if (error instanceof FacepipeError) this.#o.onEvent?.({ type: 'stray', topic, error });
      return;
    }
    const { via } = receipt;
    // earlier versions put the client id there
    if (via.includes(this.#token) || via.includes(this.#o.to.clientId)) return;
    if (!(await this.#send(topic, { ...receipt, via: [...via, this.#token] }))) return;
    this.#o.totals.receipts += receipt.ids.length;
    this.#o.onEvent?.({ type: 'receipt', topic, ids: receipt.ids.length });
  }

  /** Tells a device that one of its faces cannot pass. */
  async tell(device: string, dead: DeadFace): Promise<void> {
    await this.#send(receiptTopic(device), { ids: [], dead: [dead], via: [this.#token] });
  }

  async #send(topic: string, receipt: Receipt): Promise<boolean> {
    const { from, publisher, bell, stopping, totals, onEvent } = this.#o;
    const message = {
      topic,
      payload: encodeReceipt(receipt),
      qos: 1,
      contentType: 'application/json',
    } as const;
    let error: Error | undefined;
    for (let [tries, attempt] = [0, 1]; tries < maxTries && !this.#rests(topic); attempt++) {
      stopping.throwIfAborted();
      const outcome = await publisher.publish(message, { timeout: publishTimeout });
      if (!('error' in outcome)) return true;
      error = outcome.error;
      const code = error instanceof FacepipeError ? error.code : undefined;
      if (code === 'FACEPIPE_E_LINK_CLOSED') throw error;
      if (code === 'FACEPIPE_E_PUBLISH_REFUSED') tries += 1;
      else if (code === 'FACEPIPE_E_PUBLISH_TIMEOUT') tries += from.connected ? 1 : 0;
      else break;
      // while the source is offline the target keeps it
      if (tries < maxTries) {
        onEvent?.({ type: 'retry', side: 'from', attempt, error });
        await bell.wait(backoff(attempt, Math.random()));
      }
    }
    stopping.throwIfAborted();
    const code = error instanceof FacepipeError ? error.code : undefined;
    if (code && code !== 'FACEPIPE_E_PUBLISH_DENIED' && code !== 'FACEPIPE_E_TOO_LARGE') {
      this.#resting.set(topic, this.#o.clock.elapsed() + rest);
    }
    totals.receiptsLost += receipt.ids.length + receipt.dead.length;
    if (error) onEvent?.({ type: 'stray', topic, error });
    return false;
  }

  #rests(topic: string): boolean {
    return (this.#resting.get(topic) ?? 0) > this.#o.clock.elapsed();
  }

  #failed(device: string, watch: Watch, error: Error): void {
    if (watch.state === 'failed' || this.#o.stopping.aborted) return;
    watch.state = 'failed';
    this.#rest(watch);
    this.#o.onEvent?.({ type: 'stray', topic: receiptTopic(device), error });
  }

  #rest(watch: Watch): void {
    watch.due = this.#o.clock.elapsed() + Math.min(longest, shortest * 4 ** watch.failures);
    watch.failures += 1;
  }

  #suspectAsked(): boolean {
    for (const [, { state, losses }] of this.#watches) if (state === 'asked' && losses > 0) return true;
    return false;
  }
}
