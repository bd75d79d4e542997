import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, decodeReceipt, encodeReceipt, type Link, newId } from '@facepipe/wire';
import { mosquittoMissing, type RunningBroker, startMosquitto } from './brokers.js';
import { start } from './program.js';
import { stores } from './stores.js';
import { until } from './until.js';

const photo = new URL('../../packages/cli/photos/grace_hopper.jpg', import.meta.url).pathname;
const secrets = { door: 'd', window: 'w', log: 'l', forward: 'f', site1: 's', sink: 'k' };
type Role = keyof typeof secrets;
const options = { skip: mosquittoMissing ?? false, timeout: 120_000 };

async function guarded(t: TestContext, file: string, roles: readonly Role[]): Promise<RunningBroker> {
  const acl = readFileSync(new URL(`../../deploy/mosquitto/${file}`, import.meta.url), 'utf8').split('\n');
  const passwords = Object.fromEntries(roles.map((role) => [role, secrets[role]]));
  const broker = await startMosquitto({ acl, passwords });
  t.after(() => broker.stop());
  return broker;
}

async function as(t: TestContext, role: Role, { url }: RunningBroker): Promise<Link> {
  const link = await connect({ url, username: role, password: secrets[role] });
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

const edgeOf = (t: TestContext) => guarded(t, 'edge.acl', ['door', 'window', 'log', 'forward']);
const cloudOf = (t: TestContext) => guarded(t, 'cloud.acl', ['site1', 'sink', 'log']);

test(
  'with the access rules shipped, a face goes all the way and its receipt comes back',
  options,
  async (t) => {
    const [edge, cloud] = [await edgeOf(t), await cloudOf(t)];
    const place = (await stores[0]?.open()) ?? assert.fail();
    t.after(() => place.close());
    const folder = await mkdtemp(join(tmpdir(), 'facepipe-acl-'));
    t.after(() => rm(folder, { recursive: true }));
    const login = async (role: Role, prefix = '') => {
      const file = join(folder, role);
      await writeFile(file, `${secrets[role]}\n`);
      return [`--${prefix}username`, role, `--${prefix}password-file`, file];
    };
    const programs = [
      start(['sink', '--broker', cloud.url, ...(await login('sink')), '--store', place.url, '--port', '0']),
      start([
        ...['forward', '--from', edge.url, ...(await login('forward', 'from-'))],
        ...['--to', cloud.url, ...(await login('site1', 'to-'))],
      ]),
      start(['log', '--broker', edge.url, ...(await login('log'))]),
      start(['log', '--audit', '--broker', cloud.url, ...(await login('log'))]),
    ];
    for (const program of programs) t.after(() => program.stop('SIGKILL'));
    const [sink, forward, log, audit] = programs;
    assert.ok(sink && forward && log && audit);
    await Promise.all([
      sink.line(/health and metrics/),
      forward.line(/carrying/),
      log.line(/connected/),
      audit.line(/following/),
    ]);
    const receipts: string[] = [];
    const door = await as(t, 'door', edge);
    await door.subscribe('facepipe/door/stored', async ({ payload }) => {
      receipts.push(...decodeReceipt(payload).ids);
    });
    const capture = start(
      [...['capture', '--source', photo, '--broker', edge.url, '--name', 'door'], ...(await login('door'))],
      { cwd: folder },
    );
    const { code, stderr } = await capture.ended;
    assert.equal(code, 0, stderr);
    await until('the face is in the bucket', async () => (await place.list()).size === 1);
    await until('its receipt is at the device', () => receipts.length === 1);
    await until('the logger saw both', () => /^face .*^stored /ms.test(log.output()));
    const end = await audit.stop();
    assert.equal(end.code, 0, end.stdout + end.stderr);
  },
);

const denied = { code: 'FACEPIPE_E_PUBLISH_DENIED', exit: 4 };
const message = (topic: string) => ({ topic, payload: Buffer.from('x') });

test('what no role may publish is refused', options, async (t) => {
  const [edge, cloud] = [await edgeOf(t), await cloudOf(t)];
  const forbidden: [Role, RunningBroker, string[]][] = [
    [
      'door',
      edge,
      ['facepipe/window/faces', 'facepipe/window/status', 'facepipe/door/stored', 'facepipe/door/dead'],
    ],
    ['forward', edge, ['facepipe/door/faces', 'facepipe/door/status', 'other']],
    ['log', edge, ['facepipe/door/faces', 'facepipe/door/stored', 'facepipe/door/status']],
    ['site1', cloud, ['facepipe/hall/faces', 'facepipe/door/stored', 'facepipe/door/dead']],
    ['sink', cloud, ['facepipe/door/faces', 'facepipe/door/status']],
    ['log', cloud, ['facepipe/door/faces', 'facepipe/door/stored', 'facepipe/door/dead']],
  ];
  for (const [role, broker, topics] of forbidden) {
    const link = await as(t, role, broker);
    for (const topic of topics)
      await assert.rejects(link.publish(message(topic)), denied, `${role} ${topic}`);
  }
  await assert.rejects(connect({ url: edge.url }), { code: 'FACEPIPE_E_BROKER_CREDENTIALS' });
});

test('what no role may read never comes, though the subscription is granted', options, async (t) => {
  const [edge, cloud] = [await edgeOf(t), await cloudOf(t)];
  const payload = encodeReceipt({ ids: [newId()] });
  const seen: string[] = [];
  const spy = async (role: Role, broker: RunningBroker, filter: string, own: string) => {
    const link = await as(t, role, broker);
    let marked = false;
    await link.subscribe(filter, async ({ topic }) => void seen.push(`${role} ${topic}`));
    await link.subscribe(own, async () => {
      marked = true;
    });
    return () => marked;
  };
  const spies = [
    await spy('door', edge, 'facepipe/window/#', 'facepipe/door/stored'),
    await spy('window', edge, 'facepipe/+/faces', 'facepipe/window/stored'),
    await spy('site1', cloud, 'facepipe/hall/#', 'facepipe/door/stored'),
  ];
  const [forward, door, window, sink] = [
    await as(t, 'forward', edge),
    await as(t, 'door', edge),
    await as(t, 'window', edge),
    await as(t, 'sink', cloud),
  ];
  await door.publish(message('facepipe/door/faces'));
  for (const kind of ['faces', 'status']) await window.publish(message(`facepipe/window/${kind}`));
  for (const link of [forward, sink])
    for (const device of ['window', 'hall', 'door'])
      await link.publish({ topic: `facepipe/${device}/stored`, payload });
  // each spy's own receipt comes behind what it should not see
  await until('their own receipts came', () => spies.every((marked) => marked()));
  assert.deepEqual(
    seen.filter((entry) => entry !== 'window facepipe/window/faces'),
    [],
  );
});
