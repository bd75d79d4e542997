import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type BrokerProcess, startMosquitto } from '../support/brokers.js';
import {
  count,
  doorOnly,
  everybody,
  forward,
  guarded,
  listen,
  options,
  reads,
  run,
  say,
  texts,
} from '../support/hop.js';
import { start } from '../support/program.js';
import { until } from '../support/until.js';

for (const [when, before] of [
  ['after faces of another have passed', 1],
  ['before any face has passed', 0],
] as const) {
  test(
    `a device that the target denies, with more than a window of faces, holds up nobody, ${when}`,
    options,
    async (t) => {
      const edge = await run(t, startMosquitto());
      const { broker: cloud, allow } = await guarded(t, doorOnly);
      const atCloud = await listen(t, cloud.url, 'facepipe/+/faces');
      const dead = await listen(t, edge.url, 'facepipe/+/dead');
      const receipts = await listen(t, edge.url, 'facepipe/+/stored');
      const { forwarder, events, aside } = await forward(t, edge, cloud);
      await say(dead.link, 'door', count('before', before));
      await until('what was before has passed', () => atCloud.messages.length === before);
      await say(dead.link, 'log', count('log', 50));
      await say(dead.link, 'door', count('door', 50));
      await until(
        'all faces of door are at the cloud',
        () => texts(atCloud.messages).filter((text) => text.startsWith('door')).length >= 50,
      );
      await until('all of log are dead letters', () => dead.messages.length === 50);
      assert.deepEqual(aside(), ['log']);
      assert.match(
        forwarder.aside[0]?.error.message ?? '',
        /does not allow this client to publish on facepipe\/log\/faces/,
      );
      assert.equal(forwarder.trouble, undefined);
      const letters = dead.messages.map(({ payload }) => JSON.parse(String(payload)));
      assert.deepEqual(
        [...new Set(letters.map(({ reason, topic }) => `${reason} ${topic}`))],
        ['refused facepipe/log/faces'],
      );
      assert.deepEqual(
        letters.map(({ payload }) => String(Buffer.from(payload, 'base64'))).sort(),
        count('log', 50).sort(),
      );
      // a letter is there before the broker's answer to it
      await until('all are counted', () => forwarder.totals.aside === 50);
      assert.equal(forwarder.totals.dead, 0);
      assert.deepEqual(receipts.messages, [], 'no receipt frees the faces');

      allow(everybody);
      await until('log is let back in', () => aside().length === 0);
      await until(
        'what was put aside is at the cloud',
        () => new Set(texts(atCloud.messages).filter((text) => text.startsWith('log'))).size === 50,
      );
      assert.deepEqual(
        events.filter(({ type }) => type === 'aside' || type === 'back').map(({ type }) => type),
        ['aside', 'back'],
        'each told once',
      );
    },
  );
}

test(
  'a target that denies everybody loses nothing: all waits at the source, and comes when it is fixed',
  options,
  async (t) => {
    const edge = await run(t, startMosquitto());
    const { broker: cloud, allow } = await guarded(t, everybody);
    const atCloud = await listen(t, cloud.url, 'facepipe/+/faces');
    const dead = await listen(t, edge.url, 'facepipe/+/dead');
    const { forwarder, events, aside } = await forward(t, edge, cloud);
    for (const device of ['door', 'window']) await say(dead.link, device, ['before']);
    await until('both have passed', () => forwarder.totals.forwarded === 2 && atCloud.messages.length === 2);
    allow(reads);
    const denied = () =>
      atCloud.link.publish({ topic: 'facepipe/probe/faces', payload: Buffer.of() }).then(
        () => false,
        () => true,
      );
    await until('the rules are in force', denied);
    const earlier = atCloud.messages.length;
    for (const device of ['door', 'window']) await say(dead.link, device, count(device, 30));
    await until('the reason is told', () => /does not allow/.test(forwarder.trouble ?? ''));
    // a copy of what passed before was refused, too
    await until(
      'it was asked several times',
      () => forwarder.totals.received >= 20 && forwarder.totals.forwarded === 2,
    );
    allow(everybody);
    await until('all are at the cloud', () => atCloud.messages.length - earlier >= 60);
    await until('all is well', () => forwarder.trouble === undefined);
    assert.deepEqual([dead.messages, aside(), events.filter(({ type }) => type === 'aside')], [[], [], []]);
  },
);

test('a topic that nobody subscribes to holds up no other', options, async (t) => {
  const edge = await run(t, startMosquitto());
  const cloud = await run(t, startMosquitto());
  const atCloud = await listen(t, cloud.url, 'facepipe/door/faces');
  const dead = await listen(t, edge.url, 'facepipe/+/dead');
  const { aside } = await forward(t, edge, cloud);
  await say(dead.link, 'door', ['before']);
  await until('one has passed', () => atCloud.messages.length === 1);
  await say(dead.link, 'log', count('log', 30));
  await say(dead.link, 'door', count('door', 30));
  await until('all of door are at the cloud', () => new Set(texts(atCloud.messages)).size === 31);
  await until('those of log are dead letters', () => dead.messages.length === 30);
  assert.equal(JSON.parse(String(dead.messages[0]?.payload)).reason, 'unrouted');
  assert.deepEqual(aside(), ['log']);
});

test('a dead letter that the source denies holds up nobody, and is counted as lost', options, async (t) => {
  const { broker: edge } = await guarded(t, ['topic read #', 'topic write facepipe/+/faces']);
  const cloud = await run(t, startMosquitto({ acl: doorOnly, config: ['max_packet_size 20000'] }));
  const atCloud = await listen(t, cloud.url, 'facepipe/+/faces');
  const { forwarder, events } = await forward(t, edge, cloud);
  const { link } = await listen(t, edge.url, 'facepipe/+/dead');
  await say(link, 'door', ['before', 'x'.repeat(30_000)]);
  await say(link, 'log', count('log', 30));
  await say(link, 'door', count('door', 30));
  await until('all of door are at the cloud', () => new Set(texts(atCloud.messages)).size === 31);
  await until(
    'all is acknowledged',
    () => forwarder.totals.lost === 31 && forwarder.totals.aside === 30 && forwarder.totals.dead === 0,
  );
  assert.ok(events.some((event) => event.type === 'lost' && event.reason === 'too-large'));
});

async function program(t: TestContext, edge: BrokerProcess, cloud: BrokerProcess) {
  const running = start(['forward', '--from', edge.url, '--to', cloud.url, '--port', '0', '--json']);
  t.after(() => running.stop('SIGKILL'));
  const port = /on port (\d+)/.exec(await running.line(/health and metrics on port/))?.[1];
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return `${response.status} ${await response.text()}`;
  };
  return { running, get };
}

test(
  '/readyz names the devices that are set aside, and says why while nothing passes; the metrics count them',
  options,
  async (t) => {
    const edge = await run(t, startMosquitto());
    const { broker: cloud } = await guarded(t, doorOnly);
    const atCloud = await listen(t, cloud.url, 'facepipe/+/faces');
    const { link } = await listen(t, edge.url, 'facepipe/+/dead');
    const { running, get } = await program(t, edge, cloud);
    await say(link, 'log', ['x']);
    await until('it is not ready', async () =>
      /^503 .*does not allow.*facepipe\/log\/faces/.test(await get('/readyz')),
    );
    await say(link, 'door', ['x']);
    await until('the face passed', () => atCloud.messages.length > 0);
    await until('it is ready', async () =>
      /^200 ready\nset aside: log \(The broker \S+ does not allow/.test(await get('/readyz')),
    );
    for (let n = 0; n < 12; n++) await say(link, `stranger${n}`, ['x']);
    await until('all are set aside', async () => /and 3 more\n$/.test(await get('/readyz')));
    assert.equal((await get('/readyz')).trim().split('\n').length, 12);
    const metrics = await get('/metrics');
    assert.match(metrics, /^facepipe_forward_set_aside_devices 13$/m);
    assert.match(metrics, /^facepipe_forward_set_aside_total 13$/m);
    assert.match(metrics, /^facepipe_forward_dead_letters_lost_total 0$/m);
    const { code } = await running.stop();
    assert.equal(code, 143);
  },
);
