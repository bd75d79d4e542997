import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  connect,
  decodeReceipt,
  encodeReceipt,
  type IncomingMessage,
  type Link,
  newId,
} from '@facepipe/wire';
import { type ForwardEvent, type Forwarder, startForwarder } from 'facepipe';
import {
  type BrokerProcess,
  mosquittoMissing,
  type RunningBroker,
  startAedes,
  startMosquitto,
} from './brokers.js';
import { startCable } from './cable.js';
import { start } from './program.js';
import { until } from './until.js';

const options = { skip: mosquittoMissing ?? false, timeout: 180_000 };
const route = { fromTopic: 'facepipe/+/faces', toTopic: 'facepipe/{device}/faces', qos: 1 as const };
const texts = (messages: IncomingMessage[]) => messages.map(({ payload }) => String(payload));
const count = (text: string, n: number) => Array.from({ length: n }, (_, i) => `${text} ${i}`);

async function run<B extends RunningBroker>(t: TestContext, broker: Promise<B>): Promise<B> {
  const running = await broker;
  t.after(() => running.stop());
  return running;
}

/** A mosquitto whose access rules change while it runs. */
async function guarded(t: TestContext, acl: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-forward-'));
  const broker = await run(t, startMosquitto({ folder, acl }));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const allow = (lines: string[]) => {
    writeFileSync(join(folder, 'acl'), `${lines.join('\n')}\n`);
    if (broker.pid) process.kill(broker.pid, 'SIGHUP');
  };
  return { broker, allow };
}

async function listen(t: TestContext, url: string, filter: string) {
  const messages: IncomingMessage[] = [];
  const link = await connect({ url });
  t.after(() => link.close({ timeout: 0 }));
  await link.subscribe(filter, async (message) => void messages.push(message));
  return { messages, link };
}

interface Hop {
  forwarder: Forwarder;
  events: ForwardEvent[];
  aside: () => string[];
}

async function forward(
  t: TestContext,
  edge: { url: string },
  cloud: { url: string },
  toTopic = route.toTopic,
): Promise<Hop> {
  const events: ForwardEvent[] = [];
  const [from, to] = [
    { url: edge.url, clientId: 'from' },
    { url: cloud.url, clientId: 'to' },
  ];
  const forwarder = await startForwarder(
    { ...route, toTopic, from, to, onEvent: (e) => events.push(e) },
    new AbortController().signal,
  );
  t.after(() => forwarder.stop());
  return { forwarder, events, aside: () => forwarder.aside.map(({ device }) => device) };
}

const say = (link: Link, device: string, texts: string[]) =>
  Promise.all(
    texts.map((text) => link.publish({ topic: `facepipe/${device}/faces`, payload: Buffer.from(text) })),
  );
const reads = ['topic read #', 'topic write facepipe/+/stored'];
const doorOnly = [...reads, 'topic write facepipe/door/faces'];
const everybody = [...reads, 'topic write facepipe/+/faces'];

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
        60,
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
      assert.equal(forwarder.totals.aside, 50);
      assert.equal(forwarder.totals.dead, 0);
      assert.deepEqual(receipts.messages, [], 'no receipt frees the faces');

      allow(everybody);
      await until('log is let back in', () => aside().length === 0, 90);
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
  'a target that denies everybody loses nothing: all waits at the source, and comes when it is mended',
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
    await until('all are at the cloud', () => atCloud.messages.length - earlier >= 60, 90);
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
  await until('all is acknowledged', () => forwarder.totals.lost === 31);
  assert.deepEqual([forwarder.totals.aside, forwarder.totals.dead], [30, 0]);
  assert.ok(events.some((event) => event.type === 'lost' && event.reason === 'too-large'));
});

test(
  'a face for which the target hangs up each time goes alone, and then to the dead letters',
  options,
  async (t) => {
    const edge = await run(t, startMosquitto());
    let hungUp = 0;
    const takes = (topic: string) => {
      if (topic !== 'facepipe/poison/faces') return true;
      hungUp++;
      return false;
    };
    const cloud = await run(t, startAedes({ takes }));
    const atCloud = await listen(t, cloud.url, 'facepipe/+/faces');
    const dead = await listen(t, edge.url, 'facepipe/+/dead');
    const { forwarder, aside } = await forward(t, edge, cloud);
    await say(dead.link, 'door', count('first', 5));
    await say(dead.link, 'poison', count('poison', 3));
    await say(dead.link, 'door', count('door', 50));
    await until('all of door are at the cloud', () => new Set(texts(atCloud.messages)).size === 55, 120);
    await until('the others are dead letters', () => dead.messages.length >= 3, 60);
    assert.equal(JSON.parse(String(dead.messages[0]?.payload)).reason, 'refused');
    assert.deepEqual(aside(), ['poison']);
    assert.match(forwarder.aside[0]?.error.message ?? '', /ends the connection each time/);
    assert.ok(hungUp < 30, `${hungUp} connections`);
  },
);

test('a receipt that the source denies or finds too large holds up no other', options, async (t) => {
  const acl = ['topic read #', 'topic write facepipe/+/faces', 'topic write facepipe/door/stored'];
  const edge = await run(t, startMosquitto({ acl, config: ['max_packet_size 20000'] }));
  const cloud = await run(t, startMosquitto());
  const atCloud = await listen(t, cloud.url, 'facepipe/+/faces');
  const receipts = await listen(t, edge.url, 'facepipe/+/stored');
  const { forwarder, events } = await forward(t, edge, cloud);
  for (const device of ['log', 'door']) await say(receipts.link, device, [device]);
  await until('both have passed', () => atCloud.messages.length === 2);
  const told = (device: string, n: number) =>
    atCloud.link.publish({
      topic: `facepipe/${device}/stored`,
      payload: encodeReceipt({ ids: Array.from({ length: n }, newId) }),
    });
  await Promise.all([
    told('log', 1),
    told('door', 5000),
    ...Array.from({ length: 40 }, () => told('log', 1)),
    told('door', 3),
  ]);
  await until('the receipt is at the edge', () => receipts.messages.length === 1);
  assert.equal(decodeReceipt(receipts.messages[0]?.payload ?? Buffer.of()).ids.length, 3);
  await until('the others are counted', () => forwarder.totals.receiptsLost === 5041);
  assert.ok(!events.some(({ type }) => type === 'offline'), 'no connection was lost');
});

test('a subscription to receipts for which the target hangs up stops no face', options, async (t) => {
  const edge = await run(t, startMosquitto());
  const cloud = await run(t, startAedes());
  const atCloud = await listen(t, cloud.url, 'facepipe/+/faces');
  const cable = await startCable(cloud.port);
  t.after(() => cable.close());
  const { forwarder } = await forward(t, edge, { url: `mqtt://127.0.0.1:${cable.port}` });
  const { link } = await listen(t, edge.url, 'facepipe/+/dead');
  await say(link, 'door', ['one']);
  await until('a face passed', () => atCloud.messages.length >= 1);
  // cut for each device's first subscription, which is what a broker does that hangs up on it
  for (let n = 0; n < 3; n++) {
    await say(link, `d${n}`, ['x']);
    cable.cut();
  }
  await say(link, 'door', ['two']);
  await until('all have passed', () => forwarder.totals.forwarded >= 5, 60);
});

test('a topic that grows too long on the way is a dead letter, and the others pass', options, async (t) => {
  const edge = await run(t, startMosquitto());
  const cloud = await run(t, startMosquitto());
  const atCloud = await listen(t, cloud.url, 'the/cloud/+/faces/of/this/site');
  const dead = await listen(t, edge.url, 'facepipe/+/dead');
  await forward(t, edge, cloud, 'the/cloud/{device}/faces/of/this/site');
  await say(dead.link, 'x'.repeat(65_515), ['long']);
  await say(dead.link, 'x'.repeat(65_520), ['longer']);
  await say(dead.link, 'door', ['good']);
  await until('the good one is at the cloud', () => atCloud.messages.length === 1);
  await until('the others are dead letters', () => dead.messages.length === 2);
});

test(
  'what a forwarder sent on is not carried again where both sides are one broker behind two addresses',
  options,
  async (t) => {
    const broker = await run(t, startMosquitto());
    const cable = await startCable(broker.port);
    t.after(() => cable.close());
    const heard = await listen(t, broker.url, 'facepipe/+/faces');
    const { forwarder, events } = await forward(t, broker, { url: `mqtt://127.0.0.1:${cable.port}` });
    await say(heard.link, 'door', ['one', 'two']);
    await until(
      'both came twice, and back',
      () => heard.messages.length === 4 && forwarder.totals.received === 4,
    );
    await say(heard.link, 'door', ['three']);
    await until('the last came back', () => forwarder.totals.received === 6);
    await until('it came twice', () => heard.messages.length >= 6);
    assert.deepEqual([heard.messages.length, forwarder.totals.forwarded], [6, 3]);
    assert.equal(events.filter(({ type }) => type === 'stray').length, 1, 'told once');
  },
);

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
