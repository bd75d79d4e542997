import { type Deferred, deferred, FacepipeError } from '@facepipe/service';
import { wireError } from '../errors.js';
import type { QoS } from '../message/message.js';
import type { Connection } from './connection.js';
import { subscribeRefusal } from './refusal.js';

interface Subscription {
  readonly filter: string;
  readonly qos: QoS;
  readonly granted: Deferred<void>;
  /** Told when what was granted is refused on a later connection, which then does without it. */
  readonly onRefused: ((error: FacepipeError) => void) | undefined;
  confirmed: boolean;
}

/**
 * What the link is subscribed to, asked for again on every connect: a broker that restarts may keep the session and
 * yet lose a shared subscription (mosquitto 2.0.11 does).
 */
export class Subscriptions {
  readonly #broker: string;
  readonly #wanted = new Map<string, Subscription>();
  /** Given up while there was no connection; a persistent session would go on queueing for them. */
  readonly #unwanted = new Set<string>();
  /** Deadlines that begin with the first connection. */
  readonly #starts = new Set<() => void>();
  #begun = false;
  #connection: Connection | undefined;

  constructor(broker: string) {
    this.#broker = broker;
  }

  get filters(): string[] {
    return [...this.#wanted.keys()];
  }

  /**
   * Resolves when the broker granted it, on this connection or a later one.
   * @param timeout milliseconds, from when there was a connection at all
   */
  async add(
    filter: string,
    qos: QoS,
    timeout: number,
    onRefused?: (error: FacepipeError) => void,
  ): Promise<void> {
    const subscription: Subscription = { filter, qos, granted: deferred(), onRefused, confirmed: false };
    this.#wanted.set(filter, subscription);
    this.#unwanted.delete(filter);
    const { granted } = subscription;
    const late = { broker: this.#broker, filter, seconds: timeout / 1000 };
    let timer: NodeJS.Timeout | undefined;
    const start = () => {
      timer = setTimeout(() => granted.reject(wireError('FACEPIPE_E_SUBSCRIBE_TIMEOUT', late)), timeout);
    };
    if (this.#begun) start();
    else this.#starts.add(start);
    if (this.#connection) this.#ask(this.#connection, subscription).catch(granted.reject);
    try {
      await granted.promise;
    } catch (error) {
      if (this.#wanted.get(filter) === subscription) this.remove(filter);
      throw error;
    } finally {
      clearTimeout(timer);
      this.#starts.delete(start);
    }
  }

  /** Resolves when the broker confirmed; at once without a connection, and the next one makes up for it. */
  async remove(filter: string): Promise<void> {
    this.#wanted.delete(filter);
    if (this.#connection) await this.#connection.unsubscribe(filter);
    else this.#unwanted.add(filter);
  }

  /**
   * Asks for everything on a new connection.
   * @throws FACEPIPE_E_SUBSCRIBE_REFUSED, FACEPIPE_E_SHARED_UNSUPPORTED when what was granted before is not any more
   */
  async attach(connection: Connection): Promise<void> {
    this.#connection = connection;
    this.#begun = true;
    for (const start of this.#starts) start();
    this.#starts.clear();
    await Promise.all([...this.#unwanted].map((filter) => connection.unsubscribe(filter)));
    if (connection.open) this.#unwanted.clear();
    const renewing = [...this.#wanted.values()].map((subscription) => {
      const renewed = this.#renew(connection, subscription);
      // what a connection can do without, it does not wait for
      return subscription.onRefused ? undefined : renewed;
    });
    await Promise.all(renewing);
  }

  detach(): void {
    this.#connection = undefined;
  }

  /** Gives up what was not granted yet. */
  close(): void {
    const closed = wireError('FACEPIPE_E_LINK_CLOSED', { broker: this.#broker });
    for (const { granted } of this.#wanted.values()) granted.reject(closed);
    this.#wanted.clear();
  }

  async #renew(connection: Connection, subscription: Subscription): Promise<void> {
    try {
      await this.#ask(connection, subscription);
    } catch (error) {
      const { filter, granted, onRefused, confirmed } = subscription;
      if (!confirmed) return granted.reject(error);
      if (!onRefused || !(error instanceof FacepipeError)) throw error;
      if (this.#wanted.get(filter) !== subscription) return;
      this.#wanted.delete(filter);
      onRefused(error);
    }
  }

  async #ask(connection: Connection, subscription: Subscription): Promise<void> {
    const { filter, qos, granted } = subscription;
    const broker = this.#broker;
    const reason = filter.startsWith('$share/') ? connection.sharedFault : undefined;
    if (reason) throw wireError('FACEPIPE_E_SHARED_UNSUPPORTED', { broker, filter, reason });
    const answer = await connection.subscribe(filter, qos);
    // Without an answer the connection is gone, and the next one asks again.
    if (answer === undefined) return;
    const refused = subscribeRefusal(answer, qos, broker, filter);
    if (refused) throw refused;
    subscription.confirmed = true;
    granted.resolve();
  }
}
