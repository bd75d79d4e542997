import { printable } from '@facepipe/service';
import type { QoS } from '@facepipe/wire';
import { Qlobber } from 'qlobber';
import type { BrokerLimits } from './limits.js';
import type { Content } from './record.js';
import { topicOptions } from './retained.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';
import type { Troubles } from './troubles.js';

interface Subscription {
  readonly session: Session;
  readonly filter: string;
  readonly qos: QoS;
}

const lower = (one: QoS, other: QoS): QoS => (one < other ? one : other);

/** Which sessions get which messages, and with which quality of service. */
export class Routes {
  readonly #sessions: Sessions;
  readonly #limits: BrokerLimits;
  readonly #troubles: Troubles;
  readonly #filters = new Qlobber<Subscription>(topicOptions);
  readonly #subscriptions = new Map<Session, Map<string, Subscription>>();

  constructor(sessions: Sessions, limits: BrokerLimits, troubles: Troubles) {
    this.#sessions = sessions;
    this.#limits = limits;
    this.#troubles = troubles;
    for (const session of sessions.kept)
      for (const [filter, qos] of session.filters) this.#enter(session, filter, qos);
  }

  /** False when the session has as many filters as it may have. */
  subscribe(session: Session, filter: string, qos: QoS): boolean {
    const { filters } = session;
    if (!filters.has(filter) && filters.size >= this.#limits.filters) return false;
    filters.set(filter, qos);
    this.#enter(session, filter, qos);
    return true;
  }

  unsubscribe(session: Session, filters: Iterable<string>): void {
    const own = this.#subscriptions.get(session);
    for (const filter of [...filters]) {
      session.filters.delete(filter);
      const subscription = own?.get(filter);
      if (subscription) this.#filters.remove(filter, subscription);
      own?.delete(filter);
    }
    if (own?.size === 0) this.#subscriptions.delete(session);
  }

  /**
   * Hands a message to every session that subscribes to it, never with more than its subscription asks for
   * [MQTT-3.8.4-6]. Resolves once it is written down for those that are kept.
   * @throws Error when the queues of all sessions together are full, or the disk; then nobody has got it.
   */
  async route(content: Content, qos: QoS): Promise<void> {
    const keeping: (readonly [Session, 1 | 2])[] = [];
    const others: (readonly [Session, QoS])[] = [];
    const message = this.#sessions.newMessage(content);
    for (const [session, ceiling] of this.#targets(content.topic)) {
      const given = lower(qos, ceiling);
      if (given === 0 || !session.kept) others.push([session, given]);
      else if (session.hasRoom(message.size)) keeping.push([session, given]);
      else this.#drop(session);
    }
    if (keeping.length > 0 && !this.#sessions.hasRoom(keeping.length, message.size)) throw this.#full();
    for (const [session, given] of others) {
      if (given === 0) this.#send(session, content);
      else if (this.#keepsUp(session, message.size)) this.#sessions.hold(session, message, given, false);
    }
    await this.#sessions.keep(message, keeping);
  }

  /** Hands a retained message to a session that has just subscribed. */
  replay(session: Session, content: Content, qos: QoS): void {
    const ceiling = this.#targets(content.topic).get(session);
    if (ceiling === undefined || !session.outlet) return;
    const message = this.#sessions.newMessage(content);
    if (!this.#keepsUp(session, message.size)) return;
    this.#sessions.hold(session, message, lower(qos, ceiling), true);
  }

  #enter(session: Session, filter: string, qos: QoS): void {
    const own = this.#subscriptions.get(session) ?? new Map<string, Subscription>();
    this.#subscriptions.set(session, own);
    const old = own.get(filter);
    if (old?.qos === qos) return;
    if (old) this.#filters.remove(filter, old);
    const subscription = { session, filter, qos };
    own.set(filter, subscription);
    this.#filters.add(filter, subscription);
  }

  /** The highest quality of service that each session's matching subscriptions ask for. */
  #targets(topic: string): Map<Session, QoS> {
    const targets = new Map<Session, QoS>();
    const hidden = topic.startsWith('$');
    for (const { session, filter, qos } of this.#filters.match(topic)) {
      // [MQTT-4.7.2-1]
      if (hidden && /^[+#]/.test(filter)) continue;
      const known = targets.get(session);
      if (known === undefined || known < qos) targets.set(session, qos);
    }
    return targets;
  }

  /** QoS 0: what does not fit now is not sent. */
  #send(session: Session, content: Content): void {
    const { outlet } = session;
    if (outlet && !outlet.congested)
      outlet.publish(content, { qos: 0, retain: false, dup: false, id: undefined });
  }

  /** Makes room in memory for a client's next message, by hanging up on those that read too slowly. */
  #keepsUp(session: Session, size: number): boolean {
    const { heldBytes, sessionMessages } = this.#limits;
    if (!session.kept && session.size >= sessionMessages) this.#hangUp(session);
    while (this.#sessions.held + size > heldBytes) {
      let worst: Session | undefined;
      for (const other of this.#subscriptions.keys())
        if (other.heldBytes > (worst?.heldBytes ?? 0)) worst = other;
      if (!worst) break;
      this.#hangUp(worst);
    }
    return session.outlet !== undefined;
  }

  #hangUp(session: Session): void {
    this.#troubles.report(
      'reader',
      `hung up on ${printable(session.clientId)}: ${session.size} messages wait for it to read them`,
    );
    session.outlet?.hangUp();
    session.detach();
  }

  #drop(session: Session): void {
    session.dropped += 1;
    const { sessionMessages, sessionBytes } = this.#limits;
    this.#troubles.report(
      'session',
      `the queue of ${printable(session.clientId)} is full (at most ${sessionMessages} messages, ${sessionBytes} bytes): ${session.dropped} messages were not queued for it`,
    );
  }

  #full(): Error {
    const { messages, bytes } = this.#limits;
    this.#troubles.report(
      'queues',
      `the queues of all sessions are full (at most ${messages} messages, ${bytes} bytes), or the disk: what is published is not acknowledged until there is room`,
    );
    return new Error('the queues of all sessions are full');
  }
}
