import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, decodeReceipt, type Link } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { start } from '../support/program.js';
import type { RunningBroker } from '../support/running-broker.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

const photo = new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url).pathname;
const secrets = {
  door: 'd',
  window: 'w',
  log: 'l',
  forward: 'f',
  site1: 's',
  sink: 'k',
  /** Has a password, and no rules. */
  stranger: 'x',
  master: 'm',
};
type Role = keyof typeof secrets;
const options = { skip: mosquittoMissing ?? false, timeout: 300_000 };

async function guarded(
  t: TestContext,
  file: string,
  roles: readonly Role[],
  more: string[] = [],
): Promise<RunningBroker> {
  const rules = readFileSync(new URL(`../../../deploy/mosquitto/${file}`, import.meta.url), 'utf8');
  const acl = [...rules.split('\n'), ...more];
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
    await until('the logger saw both', () => /^\S+ +face .*^\S+ +stored /ms.test(log.output()));
    const end = await audit.stop();
    assert.equal(end.code, 0, end.stdout + end.stderr);
  },
);

/**
 * What a role may publish and read, by the last levels of the topics below `facepipe/`; docs/security.md has the same.
 */
interface Rights {
  publish: RegExp;
  read: RegExp;
}
const nothing = /^$/;
const all = { publish: nothing, read: /^[^/]+\/(faces|stored|dead|status|visits)$/ };
const camera = (name: string): Rights => ({
  publish: new RegExp(`^${name}/(faces|status|visits)$`),
  read: new RegExp(`^${name}/(stored|status)$`),
});
const rights: Record<'edge' | 'cloud', Partial<Record<Role, Rights>>> = {
  edge: {
    door: camera('door'),
    window: camera('window'),
    forward: { publish: /^[^/]+\/(stored|dead)$/, read: /^[^/]+\/(faces|visits)$/ },
    log: all,
    stranger: { publish: nothing, read: nothing },
  },
  cloud: {
    site1: { publish: /^(door|window)\/(faces|visits)$/, read: /^(door|window)\/stored$/ },
    sink: { publish: /^[^/]+\/(stored|dead)$/, read: /^[^/]+\/faces$/ },
    log: all,
    stranger: { publish: nothing, read: nothing },
  },
};

/** Devices called as users are, too. */
const devices = ['door', 'window', 'hall', 'log', 'forward', 'sink', 'site1', 'stranger', '_'];
const topics = [
  ...devices.flatMap((device) =>
    ['faces', 'status', 'stored', 'dead', 'visits', 'other'].map((kind) => `${device}/${kind}`),
  ),
  'door',
  'door/faces/more',
];

for (const side of ['edge', 'cloud'] as const) {
  test(
    `each user of the ${side}’s access rules may do what security.md says, and nothing else`,
    options,
    async (t) => {
      const users = Object.entries(rights[side]) as [Role, Rights][];
      const roles = users.map(([role]) => role);
      const broker = await guarded(
        t,
        `${side}.acl`,
        [...roles, 'master'],
        ['user master', 'topic readwrite #'],
      );
      const master = await as(t, 'master', broker);
      const came = new Map<Role, string[]>();
      for (const [role, { publish }] of users) {
        const link = await as(t, role, broker);
        for (const topic of [...topics.map((topic) => `facepipe/${topic}`), 'other', `${role}/faces`]) {
          const said = await link.publish({ topic, payload: Buffer.from(role) }).then(
            () => 'taken',
            ({ code }) => code,
          );
          const may = topic.startsWith('facepipe/') && publish.test(topic.slice(9));
          assert.equal(said, may ? 'taken' : 'FACEPIPE_E_PUBLISH_DENIED', `${role} publishes on ${topic}`);
        }
        const heard: string[] = [];
        came.set(role, heard);
        // what the rules forbid is granted, and nothing comes
        const hear = async ({ topic, payload }: { topic: string; payload: Buffer }) =>
          void heard.push(`${payload} ${topic}`);
        for (const filter of ['#', '$SYS/#']) await link.subscribe(filter, hear);
      }
      // the second round comes behind whatever the first one brought
      for (const round of ['first', 'second'])
        for (const topic of [...topics.map((topic) => `facepipe/${topic}`), 'other'])
          await master.publish({ topic, payload: Buffer.from(round) });
      for (const [role, { read }] of users) {
        const expected = topics.filter((topic) => read.test(topic)).map((topic) => `facepipe/${topic}`);
        const heard = came.get(role) ?? assert.fail();
        const of = (round: string) =>
          heard
            .filter((entry) => entry.startsWith(`${round} `))
            .map((entry) => entry.slice(round.length + 1));
        await until(`${role} has heard what it may`, () => of('second').length >= expected.length);
        assert.deepEqual(of('second'), expected, role);
        assert.deepEqual(of('first'), expected, role);
        assert.deepEqual(
          heard.filter((entry) => entry.includes(' $SYS/')),
          [],
          role,
        );
      }
    },
  );
}

test('who gives no password, or a wrong one, does not get in', options, async (t) => {
  const { url } = await edgeOf(t);
  const refused = { code: 'FACEPIPE_E_BROKER_CREDENTIALS' };
  await assert.rejects(connect({ url }), refused);
  await assert.rejects(connect({ url, username: 'door', password: secrets.window }), refused);
});
