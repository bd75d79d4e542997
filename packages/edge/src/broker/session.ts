import type { QoS } from '@facepipe/wire';
import type { BrokerLimits } from './limits.js';
import type { Outlet } from './outlet.js';
import type { Content } from './record.js';

/** A message that is queued, once for all the sessions that wait for it. */
export interface Message {
  readonly sequence: number;
  /** Bytes of topic and payload. */
  readonly size: number;
  /** Undefined while it is in the database only. */
  content: Content | undefined;
  /** Whether it is in the database. */
  stored: boolean;
  /** Places in queues that are kept. */
  kept: number;
  /** Places in queues that end with their connection. */
  held: number;
}

/** A message's place in the queue of one session. */
export interface Place {
  readonly message: Message;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Whether it is in the database, too, and outlives the connection. */
  readonly kept: boolean;
  /** Packet id, once it was sent. */
  id: number | undefined;
  /** Whether the client has received it (PUBREC) and only the end of the handshake is missing. */
  released: boolean;
}

/** What a session asks of the broker. */
export interface Supply {
  /** Undefined when it is not in the database any more. */
  load(message: Message): Promise<Content | undefined>;
  /** A place has got its packet id. */
  sent(session: Session, place: Place): void;
  /** A place is free again. */
  settled(session: Session, place: Place): void;
}

const highestId = 65_535;

/** One client's queue: what it has not acknowledged yet, in order, and how much of it may be on its way at once. */
export class Session {
  readonly clientId: string;
  /** Whether it outlives its connection (MQTT 3.1.1: clean session 0). */
  readonly kept: boolean;
  readonly filters = new Map<string, QoS>();
  /** Packet ids of messages of QoS 2 that the client has sent and not released. */
  readonly unreleased = new Set<number>();
  /** Milliseconds without its client. */
  absent = 0;
  /** Messages that were not queued for it because it was full. */
  dropped = 0;
  readonly #limits: BrokerLimits;
  readonly #supply: Supply;
  /** By sequence. */
  readonly #places = new Map<number, Place>();
  readonly #inflight = new Map<number, Place>();
  #waiting: Place[] = [];
  #head = 0;
  #bytes = 0;
  #inflightBytes = 0;
  #heldBytes = 0;
  #lastId = 0;
  #outlet: Outlet | undefined;
  #loaded: { place: Place; content: Content } | undefined;
  #loading: Place | undefined;

  constructor(clientId: string, kept: boolean, limits: BrokerLimits, supply: Supply) {
    this.clientId = clientId;
    this.kept = kept;
    this.#limits = limits;
    this.#supply = supply;
  }

  get outlet(): Outlet | undefined {
    return this.#outlet;
  }
  /** Messages in the queue. */
  get size(): number {
    return this.#places.size;
  }
  /** Whether nothing would be lost with it. */
  get empty(): boolean {
    return this.#places.size + this.filters.size + this.unreleased.size === 0;
  }

  /** Bytes that wait in memory for this connection to read them. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  hasRoom(size: number): boolean {
    const { sessionMessages, sessionBytes } = this.#limits;
    return this.#places.size < sessionMessages && this.#bytes + size <= sessionBytes;
  }

  /** Queues a message; `pump` sends it. */
  add(place: Place): void {
    this.#places.set(place.message.sequence, place);
    this.#waiting.push(place);
    this.#bytes += place.message.size;
    if (!place.kept) this.#heldBytes += place.message.size;
  }

  /** The client is there: what was sent before and not acknowledged goes out first, under its old id. */
  attach(outlet: Outlet): void {
    this.detach();
    this.#outlet = outlet;
    // an acknowledgement that belongs to an earlier run of this broker must not hit a message of this one
    if (this.#lastId === 0) this.#lastId = Math.floor(Math.random() * highestId);
    this.pump();
  }

  /** The client is gone. What is not kept goes with it. */
  detach(): void {
    this.#outlet?.close();
    this.#outlet = undefined;
    this.#inflight.clear();
    this.#inflightBytes = 0;
    for (const place of this.#places.values()) if (!place.kept) this.#remove(place);
    this.#waiting = [...this.#places.values()];
    this.#head = 0;
  }

  /** Forgets all that is queued. */
  clear(): void {
    this.detach();
    for (const place of this.#places.values()) this.#remove(place);
  }

  /** PUBACK, or PUBCOMP of QoS 2. */
  acknowledge(id: number, qos: 1 | 2): void {
    const place = this.#inflight.get(id);
    if (place?.qos !== qos) return;
    this.#inflight.delete(id);
    this.#inflightBytes -= place.message.size;
    this.#remove(place);
    this.pump();
  }

  /** PUBREC: the client has the message. Says which, for the record. */
  release(id: number): Place | undefined {
    const place = this.#inflight.get(id);
    if (place?.qos !== 2) return undefined;
    place.released = true;
    return place;
  }

  /** Takes a message back that could not be written down. */
  revoke(place: Place): void {
    if (this.#places.get(place.message.sequence) !== place) return;
    if (place.id !== undefined && this.#inflight.delete(place.id)) this.#inflightBytes -= place.message.size;
    this.#remove(place);
  }

  /** Sends as much as the client may have now. */
  pump(): void {
    for (;;) {
      const outlet = this.#outlet;
      const place = this.#next();
      if (!outlet || !place || outlet.congested || !this.#admits(place)) return;
      const content = this.#contentOf(place);
      if (!content && !place.released) {
        void this.#load(place);
        return;
      }
      this.#head += 1;
      this.#loaded = undefined;
      this.#send(outlet, place, content);
    }
  }

  #next(): Place | undefined {
    for (;;) {
      const place = this.#waiting[this.#head];
      if (!place) {
        this.#waiting = [];
        this.#head = 0;
        return undefined;
      }
      if (this.#places.get(place.message.sequence) === place) break;
      this.#head += 1;
    }
    if (this.#head > 1000 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return this.#waiting[this.#head];
  }

  #admits({ qos, message }: Place): boolean {
    const { inflight, inflightBytes } = this.#limits;
    if (qos === 0 || this.#inflight.size === 0) return true;
    return this.#inflight.size < inflight && this.#inflightBytes + message.size <= inflightBytes;
  }

  #contentOf(place: Place): Content | undefined {
    return place.message.content ?? (this.#loaded?.place === place ? this.#loaded.content : undefined);
  }

  async #load(place: Place): Promise<void> {
    if (this.#loading === place) return;
    this.#loading = place;
    try {
      const content = await this.#supply.load(place.message);
      if (content) this.#loaded = { place, content };
      else this.revoke(place);
    } catch {
      // it is tried again on the client's next connection
      this.#outlet?.hangUp();
      return;
    } finally {
      this.#loading = undefined;
    }
    this.pump();
  }

  #send(outlet: Outlet, place: Place, content: Content | undefined): void {
    const { qos, retain } = place;
    if (qos === 0) {
      if (content) outlet.publish(content, { qos, retain, dup: false, id: undefined });
      this.#remove(place);
      return;
    }
    const dup = place.id !== undefined;
    const id = place.id ?? this.#newId();
    place.id = id;
    this.#inflight.set(id, place);
    this.#inflightBytes += place.message.size;
    if (!dup) this.#supply.sent(this, place);
    if (place.released || !content) outlet.release(id);
    else outlet.publish(content, { qos, retain, dup, id });
  }

  #newId(): number {
    do this.#lastId = (this.#lastId % highestId) + 1;
    while (this.#inflight.has(this.#lastId));
    return this.#lastId;
  }

  #remove(place: Place): void {
    if (!this.#places.delete(place.message.sequence)) return;
    this.#bytes -= place.message.size;
    if (!place.kept) this.#heldBytes -= place.message.size;
    this.#supply.settled(this, place);
  }
}
