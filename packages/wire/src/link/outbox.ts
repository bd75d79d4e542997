import { type Deferred, deferred } from '@facepipe/service';
import { wireError } from '../errors.js';
import type { OutgoingMessage } from '../message/message.js';
import type { Connection, Outcome } from './connection.js';
import { packetSize } from './packet.js';
import { publishRefusal } from './refusal.js';

interface Unsent {
  readonly message: OutgoingMessage;
  readonly result: Deferred<{ routed: boolean }>;
  readonly timer: NodeJS.Timeout;
  /** Stops listening to the signal that ends it. */
  readonly release: () => void;
  /** Where it was sent before; kept over connections for as long as the session lives. */
  packetId?: number;
}

interface Told {
  /** A message left the outbox. */
  changed(): void;
  /** The time of a message was over, `timeout` ms, and the broker had it. */
  unanswered(timeout: number): void;
}

/**
 * What is being published: at most `limit` messages wait for the broker's answer, the others for their turn.
 * A lost connection is followed by the same messages on the next one. Every message has its deadline, in every state.
 */
export class Outbox {
  readonly #broker: string;
  readonly #limit: number;
  readonly #largest: number;
  readonly #on: Told;
  #waiting = new Set<Unsent>();
  readonly #inflight = new Set<Unsent>();
  #connection: Connection | undefined;

  /**
   * @param limit messages without an answer
   * @param largest bytes of a packet, where the broker takes no less
   */
  constructor(broker: string, limit: number, largest: number, on: Told) {
    this.#broker = broker;
    // There are 65,535 packet ids, and subscriptions need some too.
    this.#limit = Math.min(limit, 65_000);
    this.#largest = largest;
    this.#on = on;
  }

  /** Messages without an answer yet. */
  get size(): number {
    return this.#waiting.size + this.#inflight.size;
  }

  /** Bytes of the largest packet that goes out. */
  get maximumPacketSize(): number {
    return Math.min(this.#largest, this.#connection?.maximumPacketSize ?? this.#largest);
  }

  /**
   * @param timeout milliseconds until the promise rejects and the message is forgotten
   * @param signal rejects and forgets it at once, with its reason
   */
  publish(message: OutgoingMessage, timeout: number, signal?: AbortSignal): Promise<{ routed: boolean }> {
    const result = deferred<{ routed: boolean }>();
    const timer = setTimeout(() => this.#expire(entry, timeout), timeout);
    const abort = () => this.#giveUp(entry, signal?.reason);
    const release = () => signal?.removeEventListener('abort', abort);
    const entry: Unsent = { message, result, timer, release };
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.add(entry);
    if (!this.#refuseOversize(entry)) this.#pump();
    return result.promise;
  }

  /** A connection is ready: what was sent on the one before goes first, in its order. */
  attach(connection: Connection): void {
    this.#connection = connection;
    this.#pump();
  }

  /** The connection is gone. */
  detach(): void {
    const resumable = [...this.#inflight].filter((entry) => !this.#abandonUnrepeatable(entry));
    this.#inflight.clear();
    this.#waiting = new Set([...resumable, ...this.#waiting]);
    this.#connection = undefined;
  }

  /** Gives up what has no answer yet. */
  close(): void {
    const closed = wireError('FACEPIPE_E_LINK_CLOSED', { broker: this.#broker });
    this.detach();
    for (const entry of this.#waiting) {
      clearTimeout(entry.timer);
      entry.release();
      entry.result.reject(closed);
    }
    this.#waiting.clear();
  }

  /** QoS 0 is at most once: written and perhaps delivered, it is not sent again. */
  #abandonUnrepeatable(entry: Unsent): boolean {
    if (entry.message.qos !== 0) return false;
    const reason = 'a message of QoS 0 was on its way';
    this.#settle(entry, () =>
      entry.result.reject(wireError('FACEPIPE_E_BROKER_LOST', { broker: this.#broker, reason })),
    );
    return true;
  }

  #pump(): void {
    const connection = this.#connection;
    if (!connection) return;
    const limit = Math.min(this.#limit, connection.receiveMaximum);
    for (const entry of this.#waiting) {
      if (!connection.open || this.#inflight.size >= limit) return;
      if (this.#refuseOversize(entry)) continue;
      this.#waiting.delete(entry);
      this.#inflight.add(entry);
      // In a new session no packet id means anything, and nothing is a duplicate.
      const again = connection.sessionPresent ? entry.packetId : undefined;
      const packetId = connection.send(entry.message, again, (outcome) => this.#answered(entry, outcome));
      if (packetId > 0) entry.packetId = packetId;
    }
  }

  #answered(entry: Unsent, outcome: Outcome): void {
    if (!this.#inflight.has(entry)) return;
    this.#settle(entry, () => {
      if ('routed' in outcome) entry.result.resolve(outcome);
      else entry.result.reject(publishRefusal(outcome.refused, this.#broker, entry.message));
    });
    this.#pump();
  }

  #refuseOversize(entry: Unsent): boolean {
    const size = packetSize(entry.message, this.#connection?.protocolVersion ?? 5);
    const most = this.maximumPacketSize;
    if (size <= most) return false;
    const limit = `${most} bytes${most === this.#largest ? ', the limit of this program' : ''}`;
    const { topic } = entry.message;
    this.#settle(entry, () =>
      entry.result.reject(wireError('FACEPIPE_E_TOO_LARGE', { size, topic, limit, broker: this.#broker })),
    );
    return true;
  }

  #expire(entry: Unsent, timeout: number): void {
    const sent = this.#inflight.has(entry);
    const state = sent
      ? 'it did not acknowledge it'
      : this.#connection
        ? 'earlier messages are still unacknowledged'
        : 'there is no connection';
    const { topic } = entry.message;
    const values = { broker: this.#broker, topic, seconds: timeout / 1000, state };
    this.#giveUp(entry, wireError('FACEPIPE_E_PUBLISH_TIMEOUT', values));
    if (sent) this.#on.unanswered(timeout);
  }

  #giveUp(entry: Unsent, reason: unknown): void {
    if (this.#inflight.has(entry) && entry.packetId !== undefined) this.#connection?.forget(entry.packetId);
    this.#settle(entry, () => entry.result.reject(reason));
    this.#pump();
  }

  #settle(entry: Unsent, how: () => void): void {
    clearTimeout(entry.timer);
    entry.release();
    this.#waiting.delete(entry);
    this.#inflight.delete(entry);
    how();
    this.#on.changed();
  }
}
