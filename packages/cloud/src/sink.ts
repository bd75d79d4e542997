import { setMaxListeners } from 'node:events';
import {
  connect,
  encodeReceipt,
  type FacepipeError,
  type IncomingMessage,
  isRival,
  type Link,
  type LinkOptions,
  type OutgoingMessage,
  systemClock,
} from '@facepipe/wire';
import type { Registry } from 'prom-client';
import { Burial } from './burial.js';
import { Delivery } from './delivery.js';
import { isInconclusive } from './fault-sort.js';
import { SinkMetrics } from './metrics.js';
import { type Batch, Receipts } from './receipts.js';
import { Repetition } from './repetition.js';
import { Semaphore } from './semaphore.js';
import { type Aside, SetAside } from './set-aside.js';
import type { SinkEvent, Totals } from './sink-event.js';
import type { Sink } from './sink-handle.js';
import { checkSinkOptions } from './sink-options.js';
import { planSink, type SinkPlan } from './sink-plan.js';
import type { Store } from './store.js';
import { isLasting, StoreWatch } from './store-watch.js';
import { judgeUnclaimed } from './unclaimed.js';

export interface SinkOptions {
  /** Broker and credentials. The session is always persistent, and needs a client id or a secret to make it of. */
  link: LinkOptions;
  /**
   * At least 16 random bytes that stay the same over restarts. With topic, store, group and member they make the client
   * id under which the broker keeps this sink's queue; nobody who can guess it may log in beside the sink.
   */
  secret?: Buffer;
  /** Filter of the faces, such as `facepipe/+/faces`. */
  topic: string;
  /** Topic level (from 1) that names the device; default: what the first `+` matched. */
  deviceLevel?: number;
  /** Shares the faces among the sinks of this name, over an MQTT 5 shared subscription. */
  group?: string;
  /** This sink's name in the group; default: the host's. Two with one name take each other's session over. */
  member?: string;
  /** Stays open when the sink stops. */
  store: Store;
  /** Template of keys, see parseKey. */
  key: string;
  /** Puts in flight at once. */
  concurrency: number;
  /** Bytes of messages not acknowledged yet; beyond it they are left to the broker. Default 256 MiB. */
  maxHeld?: number;
  /** Template of the dead letters' topic, such as `facepipe/{device}/dead`. */
  deadLetter: string;
  /** Gets the bytes of dead letters, as `<reason>/<sha256>`. Stays open when the sink stops. */
  quarantine?: Store;
  /** Must not throw. */
  onEvent?: (event: SinkEvent) => void;
}

/** ms for what a store must prove before the sink starts; puts are proved one by one anyway. */
const startDeadline = 5_000;
/** Messages without acknowledgement that a broker may send at least; `maxHeld` bounds their bytes. */
const leastWindow = 1024;
/** Bytes: thirty of the largest messages, or thousands of ordinary faces, for 64 puts at a time. */
const defaultMaxHeld = 256 * 2 ** 20;
/** ms for what is in flight when the sink stops; saying goodbye takes up to a second more. */
const drainTimeout = 8_000;

/** What a store that shows nothing in time says of itself; undefined where it is fine. */
async function firstDoubt(store: Store): Promise<Error | undefined> {
  try {
    await store.check({ deadline: startDeadline });
    return undefined;
  } catch (error) {
    if (error instanceof Error && isInconclusive(error)) return error;
    throw error;
  }
}

/**
 * Starts a sink: faces from a broker into a store. A message is acknowledged when the store has proved that it has the
 * object, or had it, or when it is buried as a dead letter. What fails on the way is tried again for ever while nothing
 * passes, and until it is set aside where others do.
 * @throws FacepipeError for options that cannot be used (exit 2), for a store (5) or broker (4) that is unavailable
 */
export async function startSink(options: SinkOptions): Promise<Sink> {
  checkSinkOptions(options);
  const { topic, deviceLevel, group, member, store, quarantine, key, deadLetter, secret } = options;
  const plan = planSink({
    topic,
    ...(deviceLevel !== undefined && { deviceLevel }),
    ...(group !== undefined && { group }),
    ...(member !== undefined && { member }),
    store: store.url,
    key,
    deadLetter,
    ...(secret && { secret }),
  });
  const doubt = await firstDoubt(store);
  if (quarantine) await firstDoubt(quarantine);
  const sink = new RunningSink(options, plan);
  await sink.start(doubt);
  return sink;
}

class RunningSink implements Sink {
  readonly totals: Totals = { received: 0, stored: 0, duplicates: 0, dead: 0, bytes: 0 };
  readonly #options: SinkOptions;
  readonly #plan: SinkPlan;
  readonly #metrics: SinkMetrics;
  readonly #places: Semaphore;
  readonly #watch: StoreWatch;
  readonly #receipts: Receipts;
  readonly #aside = new SetAside(() => systemClock.now());
  readonly #delivery: Delivery;
  readonly #stop = new AbortController();
  readonly #handling = new Set<Promise<void>>();
  #link: Link | undefined;
  #stopping: Promise<void> | undefined;
  #end: FacepipeError | undefined;
  #strays = false;

  constructor(options: SinkOptions, plan: SinkPlan) {
    this.#options = options;
    this.#plan = plan;
    this.#metrics = new SinkMetrics(this);
    this.#places = new Semaphore(options.concurrency);
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
      burial: new Burial({
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
    // every message in flight listens to it
    setMaxListeners(0, this.#stop.signal);
  }

  get held(): number {
    return this.#link?.held ?? 0;
  }
  get inFlight(): number {
    return this.#places.running;
  }
  get connected(): boolean {
    return this.#link?.connected ?? false;
  }
  get ended(): Promise<FacepipeError> {
    return this.#established.ended;
  }
  get metrics(): Registry {
    return this.#metrics.registry;
  }
  get aside(): readonly Aside[] {
    return this.#aside.devices;
  }
  get ready(): string | undefined {
    if (this.#stopping) return 'The sink is stopping.';
    if (this.#end) return this.#end.message;
    const rival = this.#link?.contention;
    if (rival) return rival.message;
    if (!this.connected) return 'The broker is not connected.';
    return this.#watch.fault;
  }

  async start(doubt: Error | undefined): Promise<void> {
    if (doubt) this.#watch.doubt(doubt);
    const { link: given, concurrency, maxHeld } = this.#options;
    const held = maxHeld ?? given.maxHeld ?? defaultMaxHeld;
    const clientId = given.clientId ?? this.#plan.clientId;
    this.#link = await connect({
      ...given,
      clean: false,
      ...(clientId !== undefined && { clientId }),
      // acknowledgements leave in order: one slow put must neither leave the other places idle nor keep the others away
      receiveMaximum: given.receiveMaximum ?? Math.min(65_535, Math.max(leastWindow, 2 * concurrency)),
      maxHeld: held,
      onConnect: async (link) => {
        this.#emit({ type: 'online' });
        await given.onConnect?.(link);
      },
      onDisconnect: (reason) => {
        this.#emit({ type: 'offline', reason: reason.message, lasting: isRival(reason) });
        given.onDisconnect?.(reason);
      },
      onUnclaimed: (message, reason) => this.#takeUnclaimed(message, reason),
    });
    void this.#link.ended.then((end) => {
      this.#end = end;
      this.#emit({ type: 'offline', reason: end.message });
    });
    try {
      await this.#link.subscribe(this.#plan.filter, (message) => this.#handle(message), { qos: 1 });
    } catch (error) {
      await this.stop();
      throw error;
    }
    void this.#watch.run();
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
    // the link waits for publishes under way as it waits for handlers
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
    if (fault) return this.#handle(message, () => this.#delivery.bury(message, fault));
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
