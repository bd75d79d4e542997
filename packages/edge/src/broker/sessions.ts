import type { QoS } from '@facepipe/wire';
import type { Database, Operation } from './database.js';
import type { BrokerLimits } from './limits.js';
import {
  type Content,
  decodeContent,
  decodeJson,
  encodeContent,
  encodeJson,
  fileOf,
  keyParts,
  keys,
  lengthBytes,
  type PlaceRecord,
  type SessionRecord,
} from './record.js';
import { type Message, type Place, Session, type Supply } from './session.js';
import type { Say } from './troubles.js';

const day = 86_400_000;
const sizeOf = ({ topic, payload }: Content): number => Buffer.byteLength(topic) + payload.length;

const putSession = ({ clientId, filters, absent }: Session): Operation => ({
  type: 'put',
  key: keys.session(clientId),
  value: encodeJson({ filters: [...filters], absent }),
});

function putPlace({ clientId }: Session, { message, qos, id, released }: Place): Operation {
  // the packet id of QoS 1 may be another after a restart; that of QoS 2 stands for what the client already has
  const handshake = qos === 2 && id !== undefined ? { id, released } : {};
  const value = encodeJson({ qos: qos === 2 ? 2 : 1, size: message.size, ...handshake });
  return { type: 'put', key: keys.place(clientId, message.sequence), value };
}

/** The sessions that are kept for clients that come back, and their messages in the database. */
export class Sessions implements Supply {
  readonly #database: Database;
  readonly #limits: BrokerLimits;
  readonly #say: Say;
  readonly #kept = new Map<string, Session>();
  #sequence = 0;
  #messages = 0;
  #bytes = 0;
  #held = 0;

  constructor(database: Database, limits: BrokerLimits, say: Say) {
    this.#database = database;
    this.#limits = limits;
    this.#say = say;
  }

  get kept(): Iterable<Session> {
    return this.#kept.values();
  }
  /** Bytes queued in memory only. */
  get held(): number {
    return this.#held;
  }
  get full(): boolean {
    return this.#kept.size >= this.#limits.sessions;
  }

  get(clientId: string): Session | undefined {
    return this.#kept.get(clientId);
  }

  /** The session of a client; a kept one is the same on each of its connections. */
  open(clientId: string, kept: boolean): Session {
    const known = kept ? this.#kept.get(clientId) : undefined;
    if (known) return known;
    const session = new Session(clientId, kept, this.#limits, this);
    if (kept) this.#kept.set(clientId, session);
    return session;
  }

  /** Whether the disk and the limits of all kept sessions together allow this many places more for one message. */
  hasRoom(places: number, size: number): boolean {
    const { messages, bytes } = this.#limits;
    return this.#database.accepts && this.#messages + places <= messages && this.#bytes + size <= bytes;
  }

  newMessage(content: Content): Message {
    this.#sequence += 1;
    return { sequence: this.#sequence, size: sizeOf(content), content, stored: false, kept: 0, held: 0 };
  }

  /** Queues a message for one session, in memory; it ends with the connection. */
  hold(session: Session, message: Message, qos: QoS, retain: boolean): void {
    this.#place(session, message, { qos, retain, kept: false });
    session.pump();
  }

  /** Queues a message for sessions that are kept. Resolves once it is written down; if it cannot be, it is nowhere. */
  async keep(message: Message, targets: readonly (readonly [Session, 1 | 2])[]): Promise<void> {
    const { content } = message;
    if (targets.length === 0 || !content) return;
    const operations: Operation[] = [this.#putMessage(message, content)];
    const placed = targets.map(([session, qos]) => {
      const place = this.#place(session, message, { qos, retain: false, kept: true });
      operations.push(putPlace(session, place));
      return [session, place] as const;
    });
    const committed = this.#database.commit(operations);
    for (const [session] of placed) session.pump();
    try {
      await committed;
    } catch (error) {
      for (const [session, place] of placed) session.revoke(place);
      throw error;
    }
    message.stored = true;
    if (message.held === 0) message.content = undefined;
  }

  /** Writes down a kept session's filters and absence. */
  async save(session: Session): Promise<void> {
    if (this.#kept.get(session.clientId) === session) await this.#database.commit([putSession(session)]);
  }

  /** The client of a kept session has gone: one in which there is nothing is forgotten. */
  forgetIfEmpty(session: Session): void {
    if (!session.empty || this.#kept.get(session.clientId) !== session) return;
    this.discard(session).catch(() => {});
  }

  /** Ends a kept session with all that is queued for it. */
  async discard(session: Session): Promise<void> {
    this.#kept.delete(session.clientId);
    session.clear();
    const { clientId, unreleased } = session;
    const gone = [keys.session(clientId), ...[...unreleased].map((id) => keys.unreleased(clientId, id))];
    await this.#database.commit(gone.map((key) => ({ type: 'del', key }) as const));
  }

  /** Kept sessions whose client has been away too long now that `elapsed` milliseconds more have passed. */
  async expired(elapsed: number): Promise<Session[]> {
    const expired: Session[] = [];
    for (const session of this.#kept.values()) {
      if (session.outlet) continue;
      session.absent += elapsed;
      if (session.absent >= this.#limits.sessionExpiry) {
        const { size, clientId, absent } = session;
        this.#say(
          `the session of ${clientId} ends, unused for ${(absent / day).toFixed(1)} days; ${size} messages are queued in it`,
        );
        expired.push(session);
      }
    }
    const absent = [...this.#kept.values()].filter((session) => !session.outlet);
    await this.#database.commit(absent.map(putSession));
    return expired;
  }

  async load(message: Message): Promise<Content | undefined> {
    const value = this.#isFile(message)
      ? await this.#database.read(fileOf(message.sequence))
      : await this.#database.get(keys.message(message.sequence));
    // a loss of power leaves files that are empty
    const content = value?.length === message.size + lengthBytes ? decodeContent(value) : undefined;
    if (content?.topic) return content;
    if (message.kept > 0) this.#say(`a queued message is missing in the broker's data and is skipped`);
    return undefined;
  }

  sent(session: Session, place: Place): void {
    if (place.kept && place.qos === 2) this.#write([putPlace(session, place)]);
  }

  released(session: Session, place: Place): Promise<void> {
    return place.kept ? this.#database.commit([putPlace(session, place)]) : Promise.resolve();
  }

  settled({ clientId }: Session, { message, kept }: Place): void {
    if (!kept) {
      message.held -= 1;
      if (message.held > 0) return;
      this.#held -= message.size;
      if (message.stored) message.content = undefined;
      return;
    }
    message.kept -= 1;
    this.#messages -= 1;
    const gone: Operation[] = [{ type: 'del', key: keys.place(clientId, message.sequence) }];
    if (message.kept === 0) {
      this.#bytes -= message.size;
      gone.push(this.#removeMessage(message));
    }
    this.#write(gone);
  }

  /** Takes up what an earlier run has left. */
  async restore(): Promise<void> {
    for await (const [key, value] of this.#database.entries('s!')) {
      const session = this.open(keyParts(key)[0] ?? '', true);
      const { filters, absent } = decodeJson<SessionRecord>(value);
      for (const [filter, qos] of filters) session.filters.set(filter, qos);
      session.absent = absent;
    }
    for await (const key of this.#database.keys('u!')) {
      const [clientId = '', id] = keyParts(key);
      this.open(clientId, true).unreleased.add(Number(id));
    }
    await this.#restoreQueues();
    for (const session of this.#kept.values()) session.detach();
  }

  async #restoreQueues(): Promise<void> {
    const messages = new Map<number, Message>();
    const unused: Operation[] = [];
    const stored = new Map<number, Operation>();
    for await (const key of this.#database.keys('m!'))
      stored.set(Number(keyParts(key)[0]), { type: 'del', key });
    for (const file of await this.#database.files()) stored.set(Number(file), { type: 'remove', file });
    for await (const [key, value] of this.#database.entries('q!')) {
      const [clientId = '', number] = keyParts(key);
      const sequence = Number(number);
      const session = this.#kept.get(clientId);
      if (!session || !stored.has(sequence)) {
        unused.push({ type: 'del', key });
        continue;
      }
      const { qos, size, id, released = false } = decodeJson<PlaceRecord>(value);
      const message = messages.get(sequence) ?? {
        sequence,
        size,
        content: undefined,
        stored: true,
        kept: 0,
        held: 0,
      };
      messages.set(sequence, message);
      const place = this.#place(session, message, { qos, retain: false, kept: true });
      place.id = id;
      place.released = released;
    }
    for (const [sequence, removal] of stored) {
      this.#sequence = Math.max(this.#sequence, sequence);
      if (!messages.has(sequence)) unused.push(removal);
    }
    await this.#database.commit(unused);
  }

  #isFile({ size }: Message): boolean {
    return size >= this.#database.large;
  }

  #putMessage(message: Message, content: Content): Operation {
    const value = encodeContent(content);
    return this.#isFile(message)
      ? { type: 'write', file: fileOf(message.sequence), value }
      : { type: 'put', key: keys.message(message.sequence), value };
  }

  #removeMessage(message: Message): Operation {
    return this.#isFile(message)
      ? { type: 'remove', file: fileOf(message.sequence) }
      : { type: 'del', key: keys.message(message.sequence) };
  }

  #place(session: Session, message: Message, way: Pick<Place, 'qos' | 'retain' | 'kept'>): Place {
    if (way.kept) {
      if (message.kept === 0) this.#bytes += message.size;
      message.kept += 1;
      this.#messages += 1;
    } else {
      if (message.held === 0) this.#held += message.size;
      message.held += 1;
    }
    const place: Place = { message, ...way, id: undefined, released: false };
    session.add(place);
    return place;
  }

  /** If it cannot be written, a message comes once more after a restart: no reason to stop anything. */
  #write(operations: Operation[]): void {
    this.#database.commit(operations).catch(() => {});
  }
}
