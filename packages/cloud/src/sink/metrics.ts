import { registerReading } from '@facepipe/service/health';
import { Counter, Histogram, Registry } from 'prom-client';
import type { SinkEvent, Totals } from './sink-event.js';

/** What is read when the metrics are asked for. */
export interface SinkState {
  readonly totals: Totals;
  readonly inFlight: number;
  readonly held: number;
  readonly connected: boolean;
  readonly aside: readonly unknown[];
}

/** Seconds: from a good network to a day offline. */
const lagBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86_400];

const totalCounters: [string, keyof Totals, string][] = [
  ['received', 'received', 'Messages received from the broker, repetitions included'],
  ['stored', 'stored', 'Objects written'],
  ['duplicates', 'duplicates', 'Messages whose object was there already, with the same bytes'],
  ['bytes', 'bytes', 'Bytes of the objects written'],
];

/** The metrics of one sink; the README explains each. */
export class SinkMetrics {
  readonly registry = new Registry();
  readonly #dead: Counter<'reason'>;
  readonly #noSubscribers: Counter;
  readonly #retries: Counter;
  readonly #receiptRetries: Counter;
  readonly #lost: Counter;
  readonly #implausible: Counter;
  readonly #lag: Histogram;

  constructor(state: SinkState) {
    const registers = [this.registry];
    const reading = (name: string, help: string, read: () => number) =>
      registerReading(this.registry, { name: `sink_${name}`, help, read });
    for (const [name, total, help] of totalCounters)
      reading(`${name}_total`, help, () => state.totals[total]);
    reading('in_flight', 'Messages being stored or dead-lettered', () => state.inFlight);
    reading('held_bytes', 'Bytes of messages not acknowledged yet', () => state.held);
    reading('set_aside_devices', 'Devices the store refuses while it takes others', () => state.aside.length);
    reading('connected', '1 while connected to the broker', () => Number(state.connected));
    this.#dead = new Counter({
      name: 'facepipe_sink_dead_letters_total',
      help: 'Dead letters, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.#noSubscribers = new Counter({
      name: 'facepipe_sink_dead_letters_unheard_total',
      help: 'Dead letters that nobody subscribed to',
      registers,
    });
    this.#lost = new Counter({
      name: 'facepipe_sink_dead_letters_lost_total',
      help: 'Dead letters that neither the broker nor a quarantine took',
      registers,
    });
    this.#retries = new Counter({
      name: 'facepipe_sink_store_retries_total',
      help: 'Puts and dead letters that failed and are tried again',
      registers,
    });
    this.#receiptRetries = new Counter({
      name: 'facepipe_sink_receipt_retries_total',
      help: 'Receipts that could not be published and are tried again',
      registers,
    });
    this.#lag = new Histogram({
      name: 'facepipe_sink_lag_seconds',
      help: 'From capture to stored',
      buckets: lagBuckets,
      registers,
    });
    this.#implausible = new Counter({
      name: 'facepipe_sink_implausible_times_total',
      help: 'Objects written whose time of capture cannot be right, so that they have no lag',
      registers,
    });
  }

  count(event: SinkEvent): void {
    if (event.type === 'dead') {
      this.#dead.inc({ reason: event.reason });
      if (!event.subscribed) this.#noSubscribers.inc();
    } else if (event.type === 'store-retry') this.#retries.inc();
    else if (event.type === 'receipt-retry') this.#receiptRetries.inc();
    else if (event.type === 'lost') this.#lost.inc();
    else if (event.type === 'stored') {
      if (event.lag !== undefined) this.#lag.observe(event.lag / 1000);
      if (event.implausible) this.#implausible.inc();
    }
  }
}
