import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { printable } from '@facepipe/service';
import type { AuthenticateError, Client, PublishPacket, Subscription } from 'aedes';
import type { Database } from './database.js';
import { Front } from './front.js';
import type { BrokerLimits } from './limits.js';
import { loginCheck, RefusedConnect } from './login.js';
import { Outlet } from './outlet.js';
import { Persistence } from './persistence.js';
import { compact } from './record.js';
import { Retained } from './retained.js';
import { Routes } from './routes.js';
import { Sessions } from './sessions.js';
import type { Troubles } from './troubles.js';

export interface MqttOptions {
  readonly database: Database;
  readonly limits: BrokerLimits;
  readonly troubles: Troubles;
  readonly login: { username: string; password: string } | undefined;
  /** A client has logged in on this connection. */
  readonly welcome: (connection: unknown) => void;
}

export interface Mqtt {
  handle(socket: Socket): void;
  close(): Promise<void>;
}

type Done = (error?: Error | null) => void;

/** How often sessions without their client are looked at, in milliseconds. */
const expiryInterval = 3600_000;
const ownTopics = '$SYS/';

/** Aedes with our sessions, queues and limits: it speaks the protocol, what is queued and sent is decided here. */
export async function openMqtt({ database, limits, troubles, login, welcome }: MqttOptions): Promise<Mqtt> {
  const sessions = new Sessions(database, limits, (text) => troubles.report('sessions', text));
  await sessions.restore();
  const retained = new Retained(database, limits, troubles);
  await retained.load();
  const routes = new Routes(sessions, limits, troubles);
  const persistence = new Persistence(database, sessions, routes, retained, limits.unreleased);

  /** In place of Aedes's own emitter, which stops for everybody when one subscriber does not read. */
  const mq = {
    on: (_filter: string, _listener: unknown, done?: Done) => done && setImmediate(done),
    removeListener: (_filter: string, _listener: unknown, done?: Done) => done && setImmediate(done),
    emit({ topic, payload, qos }: PublishPacket, done: Done): void {
      // Aedes's own news are for clusters, and name everybody's client ids
      if (topic.startsWith(ownTopics)) {
        done();
        return;
      }
      const content = { topic, payload: compact(payload) };
      routes.route(content, qos).then(
        () => done(),
        (error: Error) => done(error),
      );
    },
    close: (done: Done) => done(),
  };

  const admits = login && loginCheck(login.username, login.password);
  const nameless = new WeakSet<Client>();
  const refusalOf = (client: Client, name: string | undefined, word: Buffer | undefined) => {
    if (admits && !admits(name, word))
      return new RefusedConnect('credentials', 'wrong user name or password');
    if (nameless.has(client)) return new RefusedConnect('identifier', 'a session without a client id');
    if (client.clean || sessions.get(client.id) || !sessions.full) return undefined;
    troubles.report(
      'sessions',
      `${limits.sessions} sessions are kept, as many as may be: a new one was refused`,
    );
    return new RefusedConnect('unavailable', 'too many sessions');
  };

  const front = new Front({
    mq,
    persistence,
    connectTimeout: limits.connectTimeout,
    settleIncoming: (client, packet, published) => persistence.settleIncoming(client, packet, published),
    preConnect: (client, { clientId, clean }, done) => {
      // [MQTT-3.1.3-8]: nobody could ever come back to it
      if (clientId === '' && !clean) nameless.add(client);
      done(null, true);
    },
    authenticate: (client, name, word, done) => {
      const refusal: AuthenticateError | undefined = refusalOf(client, name, word);
      done(refusal ?? null, !refusal);
    },
    authorizeSubscribe: (client, subscription: Subscription, done) => {
      const { topic, qos } = subscription;
      // MQTT 3.1.1 knows no shared subscriptions: Aedes would grant one on which nothing ever comes
      const granted =
        !topic.startsWith('$share/') && routes.subscribe(persistence.sessionOf(client), topic, qos);
      done(null, granted ? subscription : null);
    },
    // what was published goes its way through `mq`; what comes here is a retained message for a new subscription
    authorizeForward: (client, { topic, payload, qos }) => {
      routes.replay(persistence.sessionOf(client), { topic, payload: compact(payload) }, qos);
    },
  });

  front.on('connackSent', ({ returnCode }, client) => {
    if (returnCode !== 0 || client.closed || client.conn.destroyed) return;
    welcome(client.conn);
    const session = persistence.sessionOf(client);
    const outlet = new Outlet(client.conn, limits.buffered, () => session.pump());
    client.conn.once('close', () => {
      if (session.outlet === outlet || !session.kept) session.detach();
      if (!session.kept) routes.unsubscribe(session, session.filters.keys());
      else sessions.forgetIfEmpty(session);
    });
    if (session.absent > 0) {
      session.absent = 0;
      sessions.save(session).catch(() => {});
    }
    session.attach(outlet);
  });
  front.on('unsubscribe', (filters, client) => {
    if (client.clean) routes.unsubscribe(persistence.sessionOf(client), filters);
  });
  const events: EventEmitter = front;
  events.on('error', (error: Error) => troubles.report('broker', printable(error.message)));
  await front.listen();

  let seen = performance.now();
  const expiry = setInterval(() => void expire().catch(() => {}), expiryInterval).unref();
  async function expire(): Promise<void> {
    const elapsed = performance.now() - seen;
    seen += elapsed;
    for (const session of await sessions.expired(elapsed)) {
      routes.unsubscribe(session, session.filters.keys());
      await sessions.discard(session);
    }
  }

  return {
    handle: (socket) => void front.handle(socket),
    close: async () => {
      clearInterval(expiry);
      await new Promise<void>((resolve) => front.close(resolve));
    },
  };
}
