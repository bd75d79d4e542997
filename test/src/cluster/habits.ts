import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { until } from '../support/until.js';
import type { User } from './cluster.js';

/** One broker, or three that are one, as far as a client and a killer know it. */
export interface Brokers {
  readonly version: 4 | 5;
  /** Where node n is, from 0, and how that user gets in. */
  login(n: number, user: User): IClientOptions;
  kill(n: number): Promise<void>;
  start(n: number): Promise<void>;
  /** How many nodes there are. */
  readonly size: number;
}

/** What was seen, in words of one line each. */
export type Habits = Record<string, string>;

const topic = 'facepipe/door/faces';
/** ms in which a message comes, if it comes at all; said as a fact, so never short of it. */
const patience = 8000;

/** Everything that a table in docs/alternatives.md tells of a broker, from one that runs. */
export async function observe(brokers: Brokers): Promise<Habits> {
  const open: MqttClient[] = [];
  const last = brokers.size - 1;
  const connect = async (n: number, user: User, options: IClientOptions = {}) => {
    const client = await connectAsync({
      ...{ protocolVersion: brokers.version, reconnectPeriod: 0, connectTimeout: 20_000 },
      ...{ ...brokers.login(n, user), ...options },
    });
    client.on('error', () => {});
    open.push(client);
    const got: string[] = [];
    client.on('message', (_topic, payload, { retain }) =>
      got.push(`${payload}${retain ? ' (retained)' : ''}`),
    );
    return { client, got };
  };
  const publish = (client: MqttClient, text: string, retain = false) =>
    client.publishAsync(topic, text, { qos: 1, retain });
  /** NATS refuses while the nodes have not agreed on a leader. */
  const subscribe = (client: MqttClient) =>
    until('the subscription is granted', async () => {
      const granted = await client.subscribeAsync(topic, { qos: 1 }).catch(() => []);
      return granted.some(({ qos }) => qos === 1);
    });
  const within = async (done: () => boolean) => {
    for (let waited = 0; waited < patience && !done(); waited += 100) await sleep(100);
    return done();
  };
  const keep = brokers.version === 5 ? { properties: { sessionExpiryInterval: 3600 } } : {};
  const session = { clientId: 'habits-session', clean: false, ...keep };
  const habits: Habits = {};
  /** Whether, and with how many of them. */
  const said = (got: readonly string[], wanted: readonly string[]) =>
    `${wanted.filter((text) => got.includes(text)).length} of ${wanted.length}`;

  // a session whose node is killed while its client is away
  const away = await connect(last, 'sink', session);
  await subscribe(away.client);
  await away.client.endAsync();
  const site = await connect(0, 'site1');
  const texts = Array.from({ length: 20 }, (_, n) => `queued ${n}`);
  for (const text of texts) await publish(site.client, text);
  await site.client.endAsync();
  await brokers.kill(last);
  if (brokers.size === 1) await brokers.start(last);
  const back = await connect(0, 'sink', session);
  await within(() => back.got.length >= texts.length);
  habits['queued for a session, its node killed'] = `${said(back.got, texts)} come`;
  await back.client.unsubscribeAsync(topic);
  await back.client.endAsync();
  if (brokers.size > 1) await brokers.start(last);

  // retained
  const keeper = await connect(0, 'site1');
  await publish(keeper.client, 'kept', true);
  const elsewhere = await connect(last, 'sink');
  await subscribe(elsewhere.client);
  await within(() => elsewhere.got.length > 0);
  habits['retained, subscribed to at another node'] = elsewhere.got.join() || 'nothing comes';
  const same = await connect(0, 'sink');
  await subscribe(same.client);
  await within(() => same.got.length > 0);
  habits['retained, subscribed to at the same node'] = same.got.join() || 'nothing comes';
  for (const { client } of [keeper, elsewhere, same]) await client.endAsync();
  await brokers.kill(0);
  if (brokers.size === 1) await brokers.start(0);
  const after = await connect(last, 'sink');
  await subscribe(after.client);
  await within(() => after.got.length > 0);
  habits['retained, its node killed'] = after.got.join() || 'nothing comes';
  await after.client.endAsync();
  if (brokers.size > 1) await brokers.start(0);
  const cleaner = await connect(0, 'site1');
  await publish(cleaner.client, '', true);

  // wills
  const will = (text: string) => ({
    will: { topic, payload: Buffer.from(text), qos: 1 as const, retain: false },
  });
  const watcher = await connect(last, 'sink');
  await subscribe(watcher.client);
  const broken = await connect(0, 'site1', will('the will'));
  broken.client.stream.destroy();
  await within(() => watcher.got.includes('the will'));
  habits['a will, its client gone'] = watcher.got.includes('the will') ? 'it comes' : 'it does not come';
  if (brokers.size > 1) {
    await connect(0, 'site1', will('the will of a node'));
    await brokers.kill(0);
    await within(() => watcher.got.includes('the will of a node'));
    habits['a will, its node killed'] = watcher.got.includes('the will of a node')
      ? 'it comes'
      : 'it does not come';
    await brokers.start(0);
    await within(() => watcher.got.includes('the will of a node'));
    habits['a will, its node killed and back'] = watcher.got.includes('the will of a node')
      ? 'it comes'
      : 'it does not come';
  }
  await watcher.client.endAsync();

  // shared subscriptions
  const members = [await connect(0, 'sink'), await connect(last, 'sink')];
  let granted: string[] = [];
  try {
    for (const { client } of members) {
      const grants = await client.subscribeAsync(`$share/group/${topic}`, { qos: 1 });
      granted = grants.map(({ qos }) => String(qos));
    }
  } catch (error) {
    granted = [error instanceof Error ? error.message : String(error)];
  }
  const sharer = await connect(0, 'site1');
  for (let n = 0; n < 20; n++) await publish(sharer.client, `shared ${n}`);
  await within(() => members.reduce((sum, { got }) => sum + got.length, 0) >= 20);
  habits['$share by two'] =
    `granted ${granted.join()}; ${members.map(({ got }) => got.length).join(' and ')} of 20 come`;
  for (const { client } of members) client.end(true);

  // what is not allowed, and what is too large
  const guilty = await connect(0, 'site1');
  const fate = async (what: Promise<unknown>) => {
    const closed = new Promise<string>((resolve) =>
      guilty.client.once('close', () => resolve('it hangs up')),
    );
    return Promise.race([
      what.then(
        () => 'it acknowledges',
        (error: Error) => error.message,
      ),
      closed,
      sleep(patience).then(() => 'no answer'),
    ]);
  };
  habits['a publish that is not allowed'] = await fate(
    guilty.client.publishAsync('facepipe/hall/faces', 'x', { qos: 1 }),
  );
  for (const client of open) client.end(true);
  return habits;
}
