import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@facepipe/service';
import { connect, decodeStatus, encodeStatus, type Link } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { facepipe, freshFolder, type Program, start } from '../support/program.js';
import type { RunningBroker } from '../support/running-broker.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

// Client ids and topics are names that anybody may claim: what strangers do with them ends nothing and silences nobody.

const options = { skip: mosquittoMissing ?? false, timeout: 300_000 };
const photo = new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url).pathname;
const secrets = { door: 'd', window: 'w', forward: 'f', log: 'l' };

async function mosquitto(
  t: TestContext,
  more: Parameters<typeof startMosquitto>[0] = {},
): Promise<RunningBroker> {
  const broker = await startMosquitto({ persistence: true, ...more });
  t.after(() => broker.stop());
  return broker;
}

async function bucket(t: TestContext): Promise<{ url: string; size(): Promise<number> }> {
  const place = (await stores[0]?.open()) ?? assert.fail();
  t.after(() => place.close());
  return { url: place.url, size: async () => (await place.list()).size };
}

type LinkOptions = Parameters<typeof connect>[0];

async function enter(t: TestContext, url: string, more: Partial<LinkOptions> = {}): Promise<Link> {
  const link = await connect({ url, ...more });
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

function run(t: TestContext, args: readonly string[], env: Record<string, string> = {}): Program {
  const program = start([...args, '--json', '--quiet', '--log-level', 'debug'], { env });
  t.after(() => program.stop('SIGKILL'));
  return program;
}

/** Client ids are said at the level debug. */
async function idsOf(program: Program): Promise<string[]> {
  const said: Record<string, unknown> = JSON.parse(await program.line(/"msg":"client ids?"/));
  return ['clientId', 'from', 'to'].flatMap((key) => (said[key] === undefined ? [] : String(said[key])));
}

/**
 * Takes a session and is gone again; with a filter it leaves a subscription behind, without one it destroys the
 * session.
 */
async function take(
  t: TestContext,
  url: string,
  clientId: string,
  more: Partial<LinkOptions> & { filter?: string },
) {
  const { filter, ...login } = more;
  const stranger = await enter(t, url, { ...login, clientId, clean: filter === undefined });
  if (filter !== undefined) await stranger.subscribe(filter, async () => {});
  await stranger.close();
}

const alive = (...programs: Program[]) => {
  for (const { child, lines } of programs) assert.equal(child.exitCode, null, lines.slice(-3).join('\n'));
};

test(
  'another user of the broker ends no capture, neither by a guessed id nor by the id itself',
  options,
  async (t) => {
    const acl = readFileSync(new URL('../../../deploy/mosquitto/edge.acl', import.meta.url), 'utf8').split(
      '\n',
    );
    const { url } = await mosquitto(t, { acl, passwords: secrets });
    const password = join(freshFolder('facepipe-names-'), 'door');
    writeFileSync(password, 'd\n');
    const window = { username: 'window', password: 'w' };
    await take(t, url, 'facepipe-capture-door', { ...window, filter: 'facepipe/window/status' });
    const capture = run(t, [
      ...[
        'capture',
        '--source',
        'demo',
        '--fps',
        '2',
        '--send',
        'every',
        '--name',
        'door',
        '--broker',
        url,
        '--until',
        'stored',
      ],
      ...['--username', 'door', '--password-file', password, '--port', '0'],
    ]);
    const [id = ''] = await idsOf(capture);
    assert.match(id, /^capture[0-9A-Za-z]{16}$/);
    const watcher = await enter(t, url, { username: 'log', password: 'l' });
    let faces = 0;
    await watcher.subscribe('facepipe/door/faces', async () => void faces++);
    await until('faces come', () => faces > 2);
    for (const filter of [undefined, 'facepipe/window/#']) {
      await take(t, url, id, { ...window, ...(filter !== undefined && { filter }) });
      const before = faces;
      await until('faces come again', () => faces > before + 2);
    }
    // what window may say where it may, the session of door now takes
    const other = await enter(t, url, window);
    await other.publish({ topic: 'facepipe/window/status', payload: Buffer.from('{}') });
    alive(capture);
    const { code, stderr } = await capture.stop();
    assert.equal(code, 143, stderr);
  },
);

test(
  'what strangers leave in sessions is dead letters of sink and forwarder, and nothing to the others',
  options,
  async (t) => {
    const [edge, cloud] = [await mosquitto(t), await mosquitto(t)];
    const place = await bucket(t);
    const programs = {
      sink: run(t, [
        'sink',
        '--broker',
        cloud.url,
        '--store',
        place.url,
        '--port',
        '0',
        '--client-id',
        'guessed-sink',
      ]),
      forward: run(t, ['forward', '--from', edge.url, '--to', cloud.url, '--client-id', 'guessed']),
      audit: run(t, ['log', '--audit', '--broker', edge.url]),
      capture: run(t, [
        'capture',
        '--source',
        photo,
        '--realtime',
        '--send',
        'every',
        '--name',
        'door',
        '--broker',
        edge.url,
        '--until',
        'stored',
        // a stranger in the session of a hop may be given the face, and drops it: it goes again
        '--receipt-timeout',
        '2s',
      ]),
    };
    const { sink, forward, audit, capture } = programs;
    await Promise.all([
      sink.line(/storing /),
      forward.line(/carrying /),
      audit.line(/following /),
      idsOf(capture),
    ]);
    await capture.line(/connected to/);
    const letters: Record<string, string[]> = { [edge.url]: [], [cloud.url]: [] };
    for (const { url } of [edge, cloud]) {
      const link = await enter(t, url);
      await link.subscribe('facepipe/+/dead', async ({ payload }) => {
        const { reason, topic, payload: kept } = JSON.parse(payload.toString());
        letters[url]?.push(`${reason} ${topic} ${Buffer.from(kept, 'base64')}`);
      });
    }
    const sessions: [string, string][] = [
      [cloud.url, 'guessed-sink'],
      [cloud.url, 'guessed'],
      [edge.url, 'guessed'],
      ...[...(await idsOf(audit)), ...(await idsOf(capture))].map((id): [string, string] => [edge.url, id]),
    ];
    for (const [url, id] of sessions) {
      for (const filter of ['private/#', 'facepipe/+/dead']) await take(t, url, id, { filter });
    }
    for (const { url } of [edge, cloud]) {
      const link = await enter(t, url);
      for (let n = 0; n < 3; n++)
        await link.publish({ topic: 'private/note', payload: Buffer.from(`kept ${n}`) });
    }
    const kept = [0, 1, 2].map((n) => `unclaimed private/note kept ${n}`);
    for (const { url } of [edge, cloud])
      await until(
        () => `what nobody asked for is a dead letter: ${letters[url]}`,
        () => (letters[url]?.length ?? 0) >= 3,
      );
    await Promise.all([audit.line(/It is dropped/), sink.line(/It is dropped/)]);
    await until('the face is in the bucket', async () => (await place.size()) === 1);
    alive(sink, forward, audit);
    assert.deepEqual(
      Object.values(letters).map((got) => got.sort()),
      [kept, kept],
    );
    assert.equal(audit.lines.filter((line) => /It is dropped/.test(line)).length, 1, 'once');
    const { code, stderr } = await capture.ended;
    assert.equal(code, 0, stderr);
  },
);

test(
  'forwarder and sink keep their queues over restarts, since nobody can guess their ids',
  options,
  async (t) => {
    const [edge, cloud] = [await mosquitto(t), await mosquitto(t)];
    const place = await bucket(t);
    const state = { FACEPIPE_STATE: freshFolder('facepipe-state-') };
    const startBoth = async () => {
      const sink = run(t, ['sink', '--broker', cloud.url, '--store', place.url, '--port', '0'], state);
      await sink.line(/storing /);
      const forward = run(t, ['forward', '--from', edge.url, '--to', cloud.url], state);
      await forward.line(/carrying /);
      return { sink, forward, ids: [...(await idsOf(sink)), ...(await idsOf(forward))] };
    };
    const first = await startBoth();
    assert.equal(new Set(first.ids).size, 3, 'each session has an id of its own');
    for (const id of first.ids) assert.match(id, /^(sink|forward)[0-9A-Za-z]{16,19}$/);
    await first.forward.stop('SIGKILL');
    await first.sink.stop('SIGTERM');
    const image = readFileSync(photo);
    const publisher = await enter(t, edge.url);
    // plain images: each other bytes, so each another object
    for (let n = 0; n < 20; n++)
      await publisher.publish({
        topic: 'facepipe/door/faces',
        payload: Buffer.concat([image, Buffer.from([n])]),
      });
    for (const guess of [
      'facepipe-forward-site1',
      'facepipe-forward-0123456789abcdef',
      'facepipesink0123456789a',
    ])
      await take(t, edge.url, guess, {});
    const second = await startBoth();
    assert.deepEqual(second.ids, first.ids);
    await until('all are in the bucket', async () => (await place.size()) === 20);
  },
);

test(
  'two programs with one client id go on, and are told what it means after three times',
  options,
  async (t) => {
    const { url } = await mosquitto(t);
    const place = await bucket(t);
    const sinks = [1, 2].map(() =>
      run(t, ['sink', '--broker', url, '--store', place.url, '--port', '0', '--client-id', 'shared']),
    );
    await Promise.all(
      sinks.map((sink) => sink.line(/"level":50.*two programs with one client id throw each other out/)),
    );
    alive(...sinks);
    const { url: other } = await mosquitto(t);
    const forwarders = [1, 2].map(() =>
      run(t, ['forward', '--from', url, '--to', other, '--client-id', 'shared-too']),
    );
    await Promise.all(
      forwarders.map((forward) =>
        forward.line(/"level":50.*two programs with one client id throw each other out/),
      ),
    );
    alive(...forwarders);
    for (const { lines } of [...sinks, ...forwarders]) {
      const told = lines.filter((line) => /throw each other out/.test(line)).length;
      // for each of two connections the third, the ninth, the 27th time
      assert.ok(told <= 6, `told ${told} times`);
    }
    const [sink] = sinks;
    const port = /metrics on port (\d+)/.exec((await sink?.line(/metrics on port/)) ?? '')?.[1];
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    assert.deepEqual([ready.status, /two programs with one client id/.test(await ready.text())], [503, true]);
  },
);

test('a capture whose name another one says to have goes on, and says so', options, async (t) => {
  const { url } = await mosquitto(t);
  const link = await enter(t, url);
  const status = encodeStatus({
    ...{ state: 'online', instance: newId(), version: '0', since: new Date().toISOString() },
    ...{ uptime: 1, totals: {}, rates: {} },
  });
  const forging = new AbortController();
  const forged = (async () => {
    while (!forging.signal.aborted) {
      await link.publish({ topic: 'facepipe/door/status', payload: status, retain: true });
      await sleep(200);
    }
  })();
  let [faces, own] = [0, 0];
  await link.subscribe('facepipe/door/faces', async () => void faces++);
  await link.subscribe('facepipe/door/status', async ({ payload }) => {
    if (decodeStatus(payload)?.version !== '0') own++;
  });
  const capture = run(t, [
    'capture',
    '--source',
    'demo',
    '--fps',
    '2',
    '--send',
    'every',
    '--name',
    'door',
    '--broker',
    url,
  ]);
  try {
    await capture.line(/"level":50.*Another capture says at \S+ that it is door/);
    await until('it captures all the same', () => faces > 2 && own > 1);
  } finally {
    // before its connection is closed: a publish that nobody waits for fails the file, and names no test
    forging.abort();
    await forged;
  }
  assert.equal((await capture.stop()).code, 143);
});

test(
  'a state folder that cannot be used, or a damaged secret, is one sentence and exit code 2',
  options,
  async (t) => {
    const { url } = await mosquitto(t);
    const folder = freshFolder('facepipe-state-');
    writeFileSync(join(folder, 'secret'), 'junk');
    const commands = [
      ['forward', '--from', url, '--to', `${url}/`],
      ['log', '--audit', '--broker', url],
      ['sink', '--broker', url, '--store', 'file:///tmp/facepipe-none'],
    ];
    const refused = async (state: string, code: string, args: string[]) => {
      const outcome = await facepipe([...args, '--state', state]);
      assert.deepEqual([outcome.code, outcome.stderr.includes(code)], [2, true], outcome.stderr);
    };
    for (const args of commands) {
      await refused('/proc/none', 'FACEPIPE_E_STATE_FOLDER', args);
      await refused(folder, 'FACEPIPE_E_SECRET_DAMAGED', args);
    }
    assert.equal(readFileSync(join(folder, 'secret'), 'utf8'), 'junk');
    const plain = run(t, ['log', '--broker', url, '--state', '/proc/none']);
    await plain.line(/connected to/);
  },
);

test(
  'no client id is said in statuses, metrics, health answers, results, or in a log above debug',
  options,
  async (t) => {
    const { url } = await mosquitto(t);
    const place = await bucket(t);
    const link = await enter(t, url);
    let statuses = '';
    await link.subscribe('facepipe/+/status', async ({ payload }) => {
      statuses += payload.toString();
    });
    const served = ['--port', '0'];
    const programs = [
      run(t, ['sink', '--broker', url, '--store', place.url, ...served]),
      run(t, ['forward', '--from', url, '--to', url, '--to-topic', 'cloud/{device}/faces', ...served]),
      run(t, ['log', '--audit', '--broker', url, ...served]),
      run(t, [
        'capture',
        '--source',
        'demo',
        '--fps',
        '2',
        '--send',
        'every',
        '--name',
        'door',
        '--broker',
        url,
        ...served,
      ]),
    ];
    const ids = (await Promise.all(programs.map(idsOf))).flat();
    assert.equal(new Set(ids).size, 5);
    const answers: string[] = [];
    for (const program of programs) {
      const port = /on port (\d+)/.exec(await program.line(/metrics on port/))?.[1];
      // while it is well, and thrown out
      for (const path of ['readyz', 'metrics'])
        answers.push(await (await fetch(`http://127.0.0.1:${port}/${path}`)).text());
      for (const id of await idsOf(program)) await take(t, url, id, {});
      answers.push(await (await fetch(`http://127.0.0.1:${port}/readyz`)).text());
    }
    await until('a status came', () => statuses.includes('online'));
    const outcomes = await Promise.all(programs.map((program) => program.stop()));
    const lines = programs.flatMap((program) => program.lines).filter((line) => !/^\{"level":20,/.test(line));
    const said = [statuses, ...answers, ...outcomes.map(({ stdout }) => stdout), ...lines].join('\n');
    assert.ok(said.includes('facepipe_capture_frames_total') && said.includes('connected to'));
    for (const id of ids) assert.ok(!said.includes(id), id);
  },
);
