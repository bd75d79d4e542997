import { backoff, deferred, FacepipeError, systemClock } from '@facepipe/service';
import { wireError } from '../errors.js';
import type { IncomingMessage, OutgoingMessage, QoS } from '../message/message.js';
import { checkFilter, checkTopic } from '../message/topic.js';
import type { Connection, Receiver } from './connection.js';
import { Contention } from './contention.js';
import { watchCredentials } from './credentials-watch.js';
import { Drain } from './drain.js';
import { type Handler, Inbox } from './inbox.js';
import type { Link } from './link.js';
import { type LinkOptions, type Settings, settle } from './link-options.js';
import { Nodes } from './nodes.js';
import { Outbox } from './outbox.js';
import { checkProperties } from './packet.js';
import { isFinal } from './refusal.js';
import { Subscriptions } from './subscriptions.js';

/**
 * How long messages of a resumed session wait for their subscriber, from the first connection on, and a full link for
 * its broker. Milliseconds.
 */
const handlerTimeout = 30_000;
/** A connection that lasted this long was a good one: the next wait is short again. Milliseconds. */
const stable = 10_000;

/** Why the link itself ends a connection, to make the next one at once. */
const intended = new Set(['FACEPIPE_E_HELD_FULL', 'FACEPIPE_E_CREDENTIALS_CHANGED']);

/** The link of `connect`: one connection after another, with what must outlive them. */
export class MqttLink implements Link, Receiver {
  readonly #settings: Settings;
  readonly #nodes: Nodes;
  readonly #on: Pick<LinkOptions, 'onConnect' | 'onDisconnect' | 'onOversize' | 'onUnclaimed'>;
  readonly #contention: Contention;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #subscriptions: Subscriptions;
  readonly #drain: Drain;
  readonly #ended = deferred<FacepipeError>();
  readonly #stop = new AbortController();
  #connection: Connection | undefined;
  #closing: Promise<void> | undefined;
  #connected = false;
  /** When the present connection, or the last one, was made. */
  #since = 0;
  #attempt = 0;
  #reported: string | undefined;

  constructor(options: LinkOptions) {
    this.#settings = settle(options);
    this.#on = options;
    const { broker, maxInflight, maxHeld, maximumPacketSize } = this.#settings;
    this.#nodes = new Nodes(broker);
    this.#outbox = new Outbox(broker.name, maxInflight, maximumPacketSize, {
      changed: () => this.#drain.changed(),
      unanswered: (timeout) => this.#nodes.unanswered(timeout, this.#connection),
    });
    this.#contention = new Contention(broker.name);
    this.#inbox = new Inbox(maxHeld, handlerTimeout, (message) => this.#unclaimed(message));
    this.#subscriptions = new Subscriptions(broker.name);
    this.#drain = new Drain(this.#inbox, this.#outbox, this.#subscriptions);
  }

  get url(): string {
    return this.#settings.broker.url;
  }
  get clientId(): string {
    return this.#settings.login.clientId;
  }
  get protocolVersion(): 4 | 5 {
    return this.#connection?.protocolVersion ?? 5;
  }
  get connected(): boolean {
    return this.#connected && (this.#connection?.open ?? false);
  }
  get contention(): FacepipeError | undefined {
    return this.#contention.fault(this.connected ? systemClock.elapsed() - this.#since : 0);
  }
  get sessionPresent(): boolean {
    return this.#connection?.sessionPresent ?? false;
  }
  get held(): number {
    return this.#inbox.held;
  }
  get maximumPacketSize(): number {
    return this.#outbox.maximumPacketSize;
  }
  get ended(): Promise<FacepipeError> {
    return this.#ended.promise;
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    const connection = await this.#dial(undefined, signal);
    try {
      await this.#welcome(connection);
    } catch (error) {
      await this.close({ timeout: 0 });
      throw error;
    }
    void this.#keepUp(connection);
  }

  /** Connects in the background, however long that takes. */
  open(): void {
    void this.#redial(false).then((connection) => connection && this.#keepUp(connection));
  }

  async publish(
    message: OutgoingMessage,
    { timeout = this.#settings.publishTimeout, signal }: { timeout?: number; signal?: AbortSignal } = {},
  ): Promise<{ routed: boolean }> {
    checkTopic(message.topic);
    checkProperties(message);
    this.#refuseClosed();
    signal?.throwIfAborted();
    return this.#outbox.publish(message, timeout, signal);
  }

  async subscribe(
    filter: string,
    handler: Handler,
    { qos, onRefused }: { qos?: QoS; onRefused?: (error: FacepipeError) => void } = {},
  ): Promise<void> {
    checkFilter(filter);
    this.#refuseClosed();
    this.#inbox.handle(filter, handler);
    const withdrawn =
      onRefused &&
      ((error: FacepipeError) => {
        this.#inbox.leave(filter);
        onRefused(error);
      });
    try {
      await this.#subscriptions.add(filter, qos === 0 ? 0 : 1, this.#settings.publishTimeout, withdrawn);
    } catch (error) {
      this.#inbox.leave(filter);
      throw error;
    }
  }

  claim(filter: string, handler: Handler): void {
    checkFilter(filter);
    this.#refuseClosed();
    this.#inbox.handle(filter, handler);
  }

  async unsubscribe(filter: string): Promise<void> {
    this.#inbox.leave(filter);
    await this.#subscriptions.remove(filter);
  }

  close(options: { timeout?: number; keepSubscriptions?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeout ?? 10_000, options.keepSubscriptions ?? true);
    return this.#closing;
  }

  receive(message: IncomingMessage): Promise<void> | undefined {
    return this.#inbox.receive(message);
  }

  passedOver(topic: string, size: number): void {
    const { broker, maximumPacketSize: limit } = this.#settings;
    this.#on.onOversize?.(wireError('FACEPIPE_E_OVERSIZE', { broker: broker.name, topic, size, limit }));
  }

  settled(): void {
    this.#drain.changed();
    const connection = this.#connection;
    if (!connection?.skipped || connection.owed > 0 || !this.#inbox.drained || this.#closing) return;
    // All that was taken is acknowledged, so the broker sends just what was left to it.
    const { broker, maxHeld } = this.#settings;
    // A broker that is busy sending reads them late; broken off before that, it would send the same again, and for
    // ever.
    void connection.end(
      wireError('FACEPIPE_E_HELD_FULL', { broker: broker.name, limit: maxHeld }),
      handlerTimeout,
    );
  }

  /** Makes a new connection useful: subscriptions first, so that nothing is missed, then publishes and `onConnect`. */
  async #welcome(connection: Connection): Promise<void> {
    this.#connection = connection;
    this.#inbox.begin();
    await this.#subscriptions.attach(connection);
    if (!connection.open) throw await connection.lost;
    this.#outbox.attach(connection);
    this.#connected = true;
    // A callback that waits for a publish must not hold up the reconnect which that publish waits for.
    await Promise.race([this.#on.onConnect?.(this), connection.lost]);
    if (!connection.open) throw await connection.lost;
    this.#reported = undefined;
  }

  /** Reconnects after every loss, until the link is closed or gives up. */
  async #keepUp(first: Connection): Promise<void> {
    for (let connection: Connection | undefined = first; connection; ) {
      const reason = await connection.lost;
      if (systemClock.elapsed() - this.#since >= stable) this.#attempt = 0;
      this.#lose(reason, connection);
      connection = await this.#redial(!intended.has(reason.code));
    }
  }

  async #redial(pause: boolean): Promise<Connection | undefined> {
    const { signal } = this.#stop;
    for (let wait = pause; !signal.aborted; ) {
      if (wait) await systemClock.sleep(backoff(this.#attempt++, Math.random()), signal);
      let connection: Connection | undefined;
      try {
        connection = await this.#dial(this.#connection?.protocolVersion, signal);
        await this.#welcome(connection);
        return connection;
      } catch (error) {
        if (signal.aborted) break;
        const reason = error instanceof FacepipeError ? error : this.#failedCallback(error);
        if (!this.#connection && isFinal(reason)) this.#giveUp(reason);
        connection?.drop(reason);
        const lost = connection ? await connection.lost : reason;
        wait = !intended.has(lost.code);
        this.#lose(lost, connection);
      }
    }
    return undefined;
  }

  /** One attempt, with the credentials as they are now. */
  async #dial(known: 4 | 5 | undefined, signal: AbortSignal | undefined): Promise<Connection> {
    const current = await this.#settings.credentials();
    const login = { ...this.#settings.login, ...current };
    const connection = await this.#nodes.dial(login, known, this, signal);
    this.#since = systemClock.elapsed();
    const closing = () => this.#closing !== undefined;
    void watchCredentials(connection, current, this.#settings, this.#stop.signal, closing);
    return connection;
  }

  /** What a lost connection, or an attempt that failed, means for everything else. */
  #lose(reason: FacepipeError, connection: Connection | undefined): void {
    this.#connected = false;
    this.#outbox.detach();
    this.#inbox.reset();
    this.#subscriptions.detach();
    this.#drain.changed();
    if (connection && !intended.has(reason.code)) this.#nodes.pass();
    if (this.#stop.signal.aborted || this.#closing) return;
    const told = connection ? this.#judge(reason, connection) : reason;
    if (told === undefined || told.code === this.#reported) return;
    this.#reported = told.code;
    this.#on.onDisconnect?.(told);
  }

  #judge(reason: FacepipeError, { hungUp }: Connection): FacepipeError | undefined {
    const told = this.#contention.judge({ reason, hungUp, lasted: systemClock.elapsed() - this.#since });
    this.#attempt = Math.max(this.#attempt, this.#contention.attempt);
    return told;
  }

  #failedCallback(cause: unknown): FacepipeError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return wireError('FACEPIPE_E_BROKER_LOST', { broker: this.#settings.broker.name, reason }, cause);
  }

  async #unclaimed(message: IncomingMessage): Promise<void> {
    const { topic } = message;
    const reason = wireError('FACEPIPE_E_UNCLAIMED', { broker: this.#settings.broker.name, topic });
    await this.#on.onUnclaimed?.(message, reason);
  }

  #giveUp(reason: FacepipeError): void {
    this.#ended.resolve(reason);
    void this.close({ timeout: 0 });
  }

  #refuseClosed(): void {
    if (this.#stop.signal.aborted)
      throw wireError('FACEPIPE_E_LINK_CLOSED', { broker: this.#settings.broker.name });
  }

  async #close(timeout: number, keepSubscriptions: boolean): Promise<void> {
    const connection = this.connected ? this.#connection : undefined;
    if (connection) {
      const hurry = new AbortController();
      const drained = keepSubscriptions
        ? this.#drain.finish(connection, hurry.signal)
        : this.#drain.leave(connection, hurry.signal);
      await Promise.race([drained, connection.lost, systemClock.sleep(timeout, hurry.signal)]);
      hurry.abort();
    }
    this.#stop.abort();
    const gone = this.#connection?.end(
      wireError('FACEPIPE_E_LINK_CLOSED', { broker: this.#settings.broker.name }),
    );
    this.#inbox.stop();
    this.#inbox.reset();
    this.#outbox.close();
    this.#subscriptions.close();
    await gone;
    this.#connected = false;
  }
}
