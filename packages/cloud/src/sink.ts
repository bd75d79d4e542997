import { setMaxListeners } from 'node:events';
import {
  connect,
  encodeReceipt,
  type FacepipeError,
  type IncomingMessage,
  type Link,
  type LinkOptions,
  type OutgoingMessage,
  systemClock,
} from '@facepipe/wire';
import type { Registry } from 'prom-client';
import { Burial } from './burial.js';
import { deadFace } from './dead-letter.js';
import { cloudError } from './errors.js';
import { judge, type Verdict } from './judge.js';
import { SinkMetrics } from './metrics.js';
import { type Batch, Receipts } from './receipts.js';
import { Semaphore } from './semaphore.js';
import type { SinkEvent, Totals } from './sink-event.js';
import { planSink, type SinkPlan } from './sink-plan.js';
import type { Store } from './store.js';
import { isLasting, StoreWatch } from './store-watch.js';

export interface SinkOptions {
  /** Broker and credentials. The session is always persistent; its client id is made from what follows unless given. */
  link: LinkOptions;
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

export interface Sink {
  readonly totals: Totals;
  /** Bytes of messages not acknowledged yet. */
  readonly held: number;
  /** Messages being stored or buried. */
  readonly inFlight: number;
  readonly connected: boolean;
  /** Resolves when the link gave up for good, see Link.ended. */
  readonly ended: Promise<FacepipeError>;
  /** Undefined while broker and store are both fine; else the reason why not. */
  readonly ready: string | undefined;
  /** For Prometheus; the README explains each metric. */
  readonly metrics: Registry;
  /**
   * Takes nothing more, finishes and acknowledges what it has, publishes the receipts and leaves; within 10 s, after
   * which what is unfinished stays with the broker. A member of a group leaves the group. Idempotent; never rejects.
   */
  stop(): Promise<void>;
}

/** Bytes: thirty of the largest messages, or thousands of ordinary faces, for 64 puts at a time. */
const defaultMaxHeld = 256 * 2 ** 20;
/** ms for what is in flight when the sink stops; saying goodbye takes up to a second more. */
const drainTimeout = 8_000;

/** @throws FacepipeError FACEPIPE_E_SINK_CONCURRENCY */
function checkConcurrency(concurrency: number): void {
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 65_535) return;
  throw cloudError('FACEPIPE_E_SINK_CONCURRENCY', { concurrency });
}

/**
 * Starts a sink: faces from a broker into a store. A message is acknowledged when the store has the object, or had it,
 * or when it is buried as a dead letter; whatever fails on the way is tried again for ever.
 * @throws FacepipeError for options that cannot be used (exit 2), for a store (5) or broker (4) that is unavailable
 */
export async function startSink(options: SinkOptions): Promise<Sink> {
  const { topic, deviceLevel, group, member, store, quarantine, key, deadLetter } = options;
  checkConcurrency(options.concurrency);
  const plan = planSink({
    topic,
    ...(deviceLevel !== undefined && { deviceLevel }),
    ...(group !== undefined && { group }),
    ...(member !== undefined && { member }),
    store: store.url,
    key,
    deadLetter,
  });
  await store.check();
  await quarantine?.check();
  const sink = new RunningSink(options, plan);
  await sink.start();
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
  readonly #burial: Burial;
  readonly #stop = new AbortController();
  readonly #handling = new Set<Promise<void>>();
  #link: Link | undefined;
  #stopping: Promise<void> | undefined;
  #end: FacepipeError | undefined;

  constructor(options: SinkOptions, plan: SinkPlan) {
    this.#options = options;
    this.#plan = plan;
    this.#metrics = new SinkMetrics(this);
    this.#places = new Semaphore(options.concurrency);
    this.#watch = new StoreWatch(options.store, systemClock, this.#stop.signal, (error) =>
      this.#emit(error ? { type: 'store-down', error, lasting: isLasting(error) } : { type: 'store-up' }),
    );
    this.#receipts = new Receipts((device, batch) => this.#publishReceipt(device, batch), systemClock);
    this.#burial = new Burial((message) => this.#publish(message), plan, options.quarantine);
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
  get ready(): string | undefined {
    if (this.#stopping) return 'The sink is stopping.';
    if (this.#end) return this.#end.message;
    if (!this.connected) return 'The broker is not connected.';
    return this.#watch.fault;
  }

  async start(): Promise<void> {
    const { link: given, concurrency, maxHeld } = this.#options;
    const held = maxHeld ?? given.maxHeld ?? defaultMaxHeld;
    this.#link = await connect({
      ...given,
      clean: false,
      clientId: given.clientId ?? this.#plan.clientId,
      // acknowledgements leave in order: a slow put must not leave the other places idle
      receiveMaximum: given.receiveMaximum ?? Math.min(65_535, 2 * concurrency),
      maxHeld: held,
      onConnect: async (link) => {
        this.#emit({ type: 'online' });
        await given.onConnect?.(link);
      },
      onDisconnect: (reason) => {
        this.#emit({ type: 'offline', reason: reason.message });
        given.onDisconnect?.(reason);
      },
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

  #handle(message: IncomingMessage): Promise<void> {
    this.totals.received += 1;
    const handled = this.#places.run(() => this.#deliver(message), this.#stop.signal);
    this.#handling.add(handled);
    const forget = () => this.#handling.delete(handled);
    handled.then(forget, forget);
    return handled;
  }

  async #deliver(message: IncomingMessage): Promise<void> {
    const verdict = await judge(message, this.#plan, new Date(systemClock.now()));
    if (!('object' in verdict)) return this.#bury(message, verdict);
    const { arrival, device, object } = verdict;
    const outcome = await this.#persist((signal) => this.#options.store.put(object, signal));
    this.#watch.answered();
    if (outcome === 'refused') {
      const detail = `The store does not take an object of ${object.body.length} bytes under ${object.key}.`;
      return this.#bury(message, { reason: 'store-refused', detail, id: arrival.id, device });
    }
    if (outcome === 'conflict') {
      const detail = `Other bytes are stored under ${object.key}.`;
      return this.#bury(message, { reason: 'id-conflict', detail, id: arrival.id, device });
    }
    if (outcome === 'stored') this.totals.bytes += object.body.length;
    this.totals[outcome === 'stored' ? 'stored' : 'duplicates'] += 1;
    this.#receipts.stored(device, arrival.id);
    const captured = arrival.facts?.captured.getTime();
    this.#emit({
      type: outcome,
      id: arrival.id,
      key: object.key,
      device,
      bytes: object.body.length,
      ...(captured !== undefined && { lag: Math.max(0, systemClock.now() - captured) }),
    });
  }

  async #bury(message: IncomingMessage, fault: Exclude<Verdict, { object: unknown }>): Promise<void> {
    const grave = this.#burial.begin(message, fault);
    const { routed } = await this.#persist((signal) => grave(signal, this.connected));
    this.totals.dead += 1;
    const dead = await deadFace(message, fault.device, fault.reason);
    if (dead && fault.device !== undefined) this.#receipts.died(fault.device, dead);
    this.#emit({ type: 'dead', id: fault.id, reason: fault.reason, topic: message.topic, heard: routed });
  }

  /** Until it succeeds: only the end of the sink, which leaves the message with the broker, ends the repetition. */
  async #persist<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await work(signal);
        this.#watch.recovered(work);
        return result;
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (signal.aborted) {
          this.#watch.recovered(work);
          throw error;
        }
        this.#watch.failed(work, error);
        this.#emit({ type: 'store-retry', attempt, error });
        await this.#watch.pause(attempt, error);
      }
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
