import { setMaxListeners } from 'node:events';
import { type FacepipeError, systemClock } from '@facepipe/service';
import {
  connect,
  encodeReceipt,
  type IncomingMessage,
  isRival,
  type Link,
  type LinkOptions,
  type OutgoingMessage,
  openLink,
  untilGranted,
} from '@facepipe/wire';
import PQueue from 'p-queue';
import type { Registry } from 'prom-client';
import { DeadLetters } from './dead-letters.js';
import { Delivery } from './delivery.js';
import { SinkMetrics } from './metrics.js';
import { type Batch, Receipts } from './receipts.js';
import { Repetition } from './repetition.js';
import { type Aside, SetAside } from './set-aside.js';
import type { SinkEvent, Totals } from './sink-event.js';
import type { Sink } from './sink-handle.js';
import type { SinkOptions } from './sink-options.js';
import type { SinkPlan } from './sink-plan.js';
import { isLasting, StoreWatch } from './store-watch.js';
import { judgeUnclaimed } from './unclaimed.js';

/** Messages without acknowledgement that a broker may send at least; `maxHeld` bounds their bytes. */
const minWindow = 1024;
/** Bytes: thirty of the largest messages, or thousands of ordinary faces, for 64 puts at a time. */
const defaultMaxHeld = 256 * 2 ** 20;
/** ms for what is in flight when the sink stops; saying goodbye takes up to a second more. */
const drainTimeout = 8_000;
/** ms that a sink waits for its broker before it begins without. */
const greeting = 3_000;

/** A sink at work; `startSink` and `openSink` make it. */
export class RunningSink implements Sink {
  readonly ended: Promise<FacepipeError>;
  readonly subscribed: Promise<void>;
  readonly totals: Totals = { received: 0, stored: 0, duplicates: 0, dead: 0, bytes: 0 };
  readonly #options: SinkOptions;
  readonly #plan: SinkPlan;
  readonly #metrics: SinkMetrics;
  readonly #places: PQueue;
  readonly #watch: StoreWatch;
  readonly #receipts: Receipts;
  readonly #aside = new SetAside(() => systemClock.elapsed());
  readonly #delivery: Delivery;
  readonly #stop = new AbortController();
  readonly #handling = new Set<Promise<void>>();
  #link: Link | undefined;
  #stopping: Promise<void> | undefined;
  #end: FacepipeError | undefined;
  #finish: (end: FacepipeError) => void = () => {};
  #onAway: () => void = () => {};
  #grant: () => void = () => {};
  /** Why the broker has not been there yet. */
  #away: string | undefined = 'The broker is not connected.';
  #strays = false;

  /** @param doubt what the store's first check left open */
  constructor(options: SinkOptions, plan: SinkPlan, doubt: Error | undefined) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#finish = (end) => {
        if (this.#stopping) return;
        this.#end ??= end;
        resolve(end);
      };
    });
    this.subscribed = new Promise((resolve) => {
      this.#grant = resolve;
    });
    this.#plan = plan;
    this.#metrics = new SinkMetrics(this);
    this.#places = new PQueue({ concurrency: options.concurrency });
    this.#watch = new StoreWatch(options.store, systemClock, this.#stop.signal, (error) =>
      this.#emit(error ? { type: 'store-down', error, lasting: isLasting(error) } : { type: 'store-up' }),
    );
    this.#receipts = new Receipts((device, batch) => this.#publishReceipt(device, batch), systemClock);
    const repetition = new Repetition({
      places: this.#places,
      watch: this.#watch,
      clock: systemClock,
      signal: this.#stop.signal,
      ask: () => this.#takesAnything(),
      onRetry: (attempt, error) => this.#emit({ type: 'store-retry', attempt, error }),
    });
    this.#delivery = new Delivery({
      plan,
      store: options.store,
      repetition,
      watch: this.#watch,
      aside: this.#aside,
      deadLetters: new DeadLetters({
        plan,
        quarantine: options.quarantine,
        repetition,
        publish: (message) => this.#publish(message),
        connected: () => this.connected,
      }),
      receipts: this.#receipts,
      totals: this.totals,
      emit: (event) => this.#emit(event),
    });
    if (doubt) this.#watch.doubt(doubt);
    // every message in flight listens to it
    setMaxListeners(0, this.#stop.signal);
  }

  get held(): number {
    return this.#link?.held ?? 0;
  }
  get inFlight(): number {
    return this.#places.pending;
  }
  get connected(): boolean {
    return this.#link?.connected ?? false;
  }
  get metrics(): Registry {
    return this.#metrics.registry;
  }
  get aside(): readonly Aside[] {
    return this.#aside.devices;
  }
  get waiting(): string | undefined {
    return this.#away;
  }
  get ready(): string | undefined {
    if (this.#stopping) return 'The sink is stopping.';
    if (this.#end) return this.#end.message;
    const rival = this.#link?.contention;
    if (rival) return rival.message;
    if (this.#away !== undefined) return this.#away;
    if (!this.connected) return 'The broker is not connected.';
    return this.#watch.fault;
  }

  /** @throws FacepipeError for a broker that is unavailable (exit 4) */
  async start(): Promise<void> {
    this.#link = await connect(this.#linkOptions());
    void this.#link.ended.then((end) => this.#finish(end));
    try {
      await this.#subscribe(this.#link);
    } catch (error) {
      await this.stop();
      throw error;
    }
    void this.#watch.run();
  }

  /** @throws what no waiting fixes, where that is known within `greeting`, and signal.reason */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const over = new AbortController();
    const aborted = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    const told = new Promise<void>((resolve) => {
      this.#onAway = resolve;
    });
    const link = openLink(this.#linkOptions());
    this.#link = link;
    const subscribed = untilGranted(
      () => this.#subscribe(link),
      (error) => this.#tellAway(error),
    );
    void link.ended.then((end) => this.#finish(end));
    void subscribed.then((end) => end && this.#finish(end));
    void this.#watch.run();
    await Promise.race([subscribed, told, this.ended, systemClock.sleep(greeting, aborted)]);
    over.abort();
    if (!this.#end && !signal?.aborted) return;
    await this.stop();
    signal?.throwIfAborted();
    throw this.#end;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  get #established(): Link {
    if (!this.#link) throw new TypeError('The sink has not been started');
    return this.#link;
  }

  async #drain(): Promise<void> {
    // the link waits for publishes in flight as it waits for handlers
    this.#receipts.hurry();
    const keepSubscriptions = this.#options.group === undefined;
    await this.#link?.close({ timeout: drainTimeout, keepSubscriptions });
    this.#stop.abort();
    this.#receipts.stop();
    await Promise.allSettled(this.#handling);
  }

  async #handle(message: IncomingMessage, work = () => this.#delivery.deliver(message)): Promise<void> {
    // how a retained message is cleared: nobody's face
    if (message.payload.length === 0) return;
    this.totals.received += 1;
    const handled = work();
    this.#handling.add(handled);
    const forget = () => this.#handling.delete(handled);
    handled.then(forget, forget);
    return handled;
  }

  async #takeUnclaimed(message: IncomingMessage, error: FacepipeError): Promise<void> {
    const fault = judgeUnclaimed(message, error, this.#plan);
    if (fault) return this.#handle(message, () => this.#delivery.deadLetter(message, fault));
    if (!this.#strays) this.#emit({ type: 'stray', topic: message.topic, error });
    this.#strays = true;
  }

  /** By a put of the store's own: where one device's messages fill the broker's window, no other's come by. */
  async #takesAnything(): Promise<boolean> {
    try {
      await this.#options.store.check({ write: true });
      return true;
    } catch {
      return false;
    }
  }

  #linkOptions(): LinkOptions {
    const { link: given, concurrency, maxHeld } = this.#options;
    const held = maxHeld ?? given.maxHeld ?? defaultMaxHeld;
    const clientId = given.clientId ?? this.#plan.clientId;
    return {
      ...given,
      clean: false,
      ...(clientId !== undefined && { clientId }),
      // acknowledgements leave in order: one slow put must neither leave the other places idle nor keep the others away
      receiveMaximum: given.receiveMaximum ?? Math.min(65_535, Math.max(minWindow, 2 * concurrency)),
      maxHeld: held,
      onConnect: async (link) => {
        this.#emit({ type: 'online' });
        await given.onConnect?.(link);
      },
      onDisconnect: (reason) => {
        this.#tellAway(reason);
        given.onDisconnect?.(reason);
      },
      onUnclaimed: (message, reason) => this.#takeUnclaimed(message, reason),
    };
  }

  #tellAway(error: FacepipeError): void {
    if (this.#away !== undefined) this.#away = error.message;
    this.#emit({ type: 'offline', reason: error.message, error, lasting: isRival(error) });
    this.#onAway();
  }

  async #subscribe(link: Link): Promise<void> {
    await link.subscribe(this.#plan.filter, (message) => this.#handle(message), { qos: 1 });
    this.#away = undefined;
    this.#grant();
  }

  #publish(message: OutgoingMessage): Promise<{ routed: boolean }> {
    return this.#established.publish(message);
  }

  async #publishReceipt(device: string, batch: Batch): Promise<void> {
    try {
      const topic = this.#plan.receiptTopic(device);
      await this.#publish({ topic, payload: encodeReceipt(batch), qos: 1, contentType: 'application/json' });
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      if (!this.#stopping) this.#emit({ type: 'receipt-retry', error });
      throw error;
    }
  }

  #emit(event: SinkEvent): void {
    this.#metrics.count(event);
    this.#options.onEvent?.(event);
  }
}
