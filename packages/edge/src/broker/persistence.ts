import { Readable } from 'node:stream';
import type { QoS } from '@facepipe/wire';
import type { Client, Subscription } from 'aedes';
import type { Database } from './database.js';
import { compact, decodePublish, encodePublish, keyParts, keys, type PublishRecord } from './record.js';
import type { Retained } from './retained.js';
import type { Routes } from './routes.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

interface Publish {
  topic: string;
  payload: Buffer | string;
  qos: QoS;
  retain: boolean;
}

interface Identified {
  cmd?: string;
  messageId?: number;
}

/** What Aedes asks of a persistence (aedes-persistence 11), answered by our sessions, queues and retained messages. */
export class Persistence {
  readonly #database: Database;
  readonly #sessions: Sessions;
  readonly #routes: Routes;
  readonly #retained: Retained;
  readonly #unreleased: number;
  readonly #unkept = new WeakMap<Client, Session>();
  readonly #saved = new WeakMap<readonly Subscription[], Promise<void>>();
  /** Clients that have one in the database. */
  readonly #wills = new Set<string>();
  #brokerId = '';

  /** @param unreleased messages of QoS 2 that a client may have sent without releasing them */
  constructor(
    database: Database,
    sessions: Sessions,
    routes: Routes,
    retained: Retained,
    unreleased: number,
  ) {
    this.#database = database;
    this.#sessions = sessions;
    this.#routes = routes;
    this.#retained = retained;
    this.#unreleased = unreleased;
  }

  async setup(broker: { id: string }): Promise<void> {
    this.#brokerId = broker.id;
    for await (const key of this.#database.keys('w!')) this.#wills.add(keyParts(key)[0] ?? '');
  }

  /** The session of a client, whether it is kept or not. */
  sessionOf(client: Client): Session {
    if (!client.clean) return this.#sessions.open(client.id, true);
    const session = this.#unkept.get(client) ?? this.#sessions.open(client.id, false);
    this.#unkept.set(client, session);
    return session;
  }

  storeRetained({ topic, payload, qos }: Publish): Promise<void> {
    return this.#retained.store({ topic, payload: compact(payload), qos });
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return this.#retained.matching(filters);
  }

  /** Aedes calls it once for each filter of a packet, with all of them, those that were refused too. */
  addSubscriptions(client: Client, subscriptions: readonly Subscription[]): Promise<void> {
    const saved = this.#saved.get(subscriptions) ?? this.#sessions.save(this.sessionOf(client));
    this.#saved.set(subscriptions, saved);
    return saved;
  }

  async removeSubscriptions(client: Client, filters: readonly string[]): Promise<void> {
    const session = this.sessionOf(client);
    this.#routes.unsubscribe(session, filters);
    await this.#sessions.save(session);
  }

  async subscriptionsByClient({ id }: { id: string }): Promise<Subscription[]> {
    const filters = this.#sessions.get(id)?.filters ?? new Map<string, QoS>();
    return [...filters].map(([topic, qos]) => ({ topic, qos }));
  }

  /** A client that wants no session ends the one that was kept for it [MQTT-3.1.2-6]. */
  async cleanSubscriptions({ id }: { id: string }): Promise<void> {
    const session = this.#sessions.get(id);
    if (!session) return;
    this.#routes.unsubscribe(session, session.filters.keys());
    await this.#sessions.discard(session);
  }

  /** Nothing is queued here: `Routes` does it, for every session alike. */
  async subscriptionsByTopic(): Promise<[]> {
    return [];
  }
  async outgoingEnqueueCombi(): Promise<void> {}
  outgoingStream(): Readable {
    return Readable.from([]);
  }

  /** PUBREC from a subscriber. */
  async outgoingUpdate(client: Client, { messageId = 0 }: Identified): Promise<void> {
    const session = this.sessionOf(client);
    const place = session.release(messageId);
    if (place) await this.#sessions.released(session, place);
  }

  /** PUBACK or PUBCOMP from a subscriber; Aedes also calls it for what was not forwarded, without an id. */
  async outgoingClearMessageId(client: Client, { cmd, messageId }: Identified): Promise<void> {
    if (messageId === undefined || (cmd !== 'puback' && cmd !== 'pubcomp')) return;
    this.sessionOf(client).acknowledge(messageId, cmd === 'puback' ? 1 : 2);
  }

  async incomingStorePacket(client: Client, { messageId = 0 }: Identified): Promise<void> {
    const { unreleased } = this.sessionOf(client);
    if (unreleased.size >= this.#unreleased) throw new Error('too many messages of QoS 2 without PUBREL');
    unreleased.add(messageId);
  }

  async incomingGetPacket(client: Client, packet: Identified): Promise<Identified> {
    if (!this.sessionOf(client).unreleased.has(packet.messageId ?? 0)) throw new Error('no such packet');
    return packet;
  }

  /** The message of QoS 2 is where it belongs, or has failed to get there and will be sent again. */
  async settleIncoming(client: Client, { messageId }: Identified, published: boolean): Promise<void> {
    const session = this.sessionOf(client);
    if (messageId === undefined || !session.unreleased.has(messageId)) return;
    if (!published) session.unreleased.delete(messageId);
    else if (session.kept) {
      const key = keys.unreleased(session.clientId, messageId);
      await this.#database.commit([{ type: 'put', key, value: Buffer.alloc(0) }]);
    }
  }

  /** PUBREL from a publisher. An id that stayed in the database would swallow the next message with it. */
  async incomingDelPacket(client: Client, { messageId = 0 }: Identified): Promise<void> {
    const session = this.sessionOf(client);
    if (!session.unreleased.delete(messageId)) throw new Error('no such packet');
    if (session.kept)
      await this.#database.commit([{ type: 'del', key: keys.unreleased(session.clientId, messageId) }]);
  }

  async putWill({ id }: { id: string }, { topic, payload, qos, retain }: Publish): Promise<void> {
    const will = { topic, payload: compact(payload), qos, retain, brokerId: this.#brokerId };
    this.#wills.add(id);
    await this.#database.commit([{ type: 'put', key: keys.will(id), value: encodePublish(will) }]);
  }

  /** Never fails: Aedes would not catch it, and a will that stays is only said once more after a kill. */
  async delWill({ id }: { id: string }): Promise<void> {
    if (!this.#wills.delete(id)) return;
    await this.#database.commit([{ type: 'del', key: keys.will(id) }]).catch(() => {});
  }

  /** Wills that an earlier run of this broker has left. */
  streamWill(): Readable {
    return Readable.from(this.#leftWills());
  }

  async *#leftWills(): AsyncGenerator<PublishRecord & { clientId: string }> {
    for await (const [key, value] of this.#database.entries('w!')) {
      const will = decodePublish(value);
      if (will.brokerId !== this.#brokerId) yield { ...will, clientId: keyParts(key)[0] ?? '' };
    }
  }
}
