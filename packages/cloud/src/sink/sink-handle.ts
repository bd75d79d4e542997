import type { FacepipeError } from '@facepipe/service';
import type { Registry } from 'prom-client';
import type { Aside } from './set-aside.js';
import type { Totals } from './sink-event.js';

/** A sink that runs. */
export interface Sink {
  readonly totals: Totals;
  /** Bytes of messages not acknowledged yet. */
  readonly held: number;
  /** Messages being stored or dead-lettered. */
  readonly inFlight: number;
  readonly connected: boolean;
  /** Resolves once the broker has granted the subscription. */
  readonly subscribed: Promise<void>;
  /** Why it has not been subscribed yet; undefined once it has. */
  readonly waiting: string | undefined;
  /** Resolves with what no waiting fixes, see Link.ended and openSink; a sink of `startSink` has no such end. */
  readonly ended: Promise<FacepipeError>;
  /** Undefined while broker and store are both fine; else the reason why not. */
  readonly ready: string | undefined;
  /** Devices whose messages the store refuses while it takes others: they become dead letters. */
  readonly aside: readonly Aside[];
  /** For Prometheus; the README explains each metric. */
  readonly metrics: Registry;
  /**
   * Takes nothing more, finishes and acknowledges what it has, publishes the receipts and leaves; within 10 s, after
   * which what is unfinished stays with the broker. A member of a group leaves the group. Idempotent; never rejects.
   */
  stop(): Promise<void>;
}
