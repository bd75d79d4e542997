import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { connect, decodeReceipt, encodeReceipt, type IncomingMessage } from '@facepipe/wire';
import { type ForwardEvent, type ForwardTotals, startForwarder } from 'facepipe';
import { connectAsync } from 'mqtt';
import { brokers, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { until } from '../support/until.js';

const photo = readFileSync(new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url));
const never = new AbortController().signal;
const route = { fromTopic: 'facepipe/+/faces', toTopic: 'cloud/{device}/faces', qos: 1 as const };

const totals = (some: Partial<ForwardTotals>): ForwardTotals => ({
  ...{ received: 0, forwarded: 0, receipts: 0, receiptsLost: 0, dead: 0, aside: 0, lost: 0 },
  ...{ visits: 0, visitsMissed: 0 },
  ...some,
});

/** Everything that comes by on a filter. */
async function listen(url: string, filter: string) {
  const messages: IncomingMessage[] = [];
  const link = await connect({ url });
  await link.subscribe(filter, async (message) => {
    messages.push(message);
  });
  return { messages, link };
}

test('a topic of one level goes where it is told to, without what is empty, and its receipts come back', {
  skip: mosquittoMissing,
}, async (t) => {
  const [edge, cloud] = [await startMosquitto(), await startMosquitto()];
  t.after(() => Promise.all([edge.stop(), cloud.stop()]));
  const atCloud = await listen(cloud.url, 'facedetection/+/faces');
  t.after(() => atCloud.link.close());
  const atEdge = await listen(edge.url, 'facepipe/+/stored');
  t.after(() => atEdge.link.close());
  const options = {
    ...{ fromTopic: 'hw3', qos: 1 as const },
    from: { url: edge.url, clientId: 'forward' },
    to: { url: cloud.url, clientId: 'forward' },
  };
  await assert.rejects(startForwarder({ ...options, toTopic: 'cloud/{device}/faces' }, never), {
    code: 'FACEPIPE_E_FORWARD_FILTER',
  });
  const forwarder = await startForwarder({ ...options, toTopic: 'facedetection/tx2/faces' }, never);
  t.after(() => forwarder.stop());
  for (const payload of [Buffer.alloc(0), photo]) await atEdge.link.publish({ topic: 'hw3', payload });
  await until('the picture is at the cloud', () => atCloud.messages.length > 0);
  assert.deepEqual(
    atCloud.messages.map(({ topic, payload }) => [topic, payload.length]),
    [['facedetection/tx2/faces', photo.length]],
  );
  const ids = [createHash('sha256').update(photo).digest('hex')];
  await atCloud.link.publish({ topic: 'facepipe/tx2/stored', payload: encodeReceipt({ ids }) });
  await until('the receipt is at the edge', () => atEdge.messages.length === 1);
  assert.equal(atEdge.messages[0]?.topic, 'facepipe/tx2/stored');
});

for (const broker of brokers) {
  test(`what came while the forwarder was away is carried, and so are receipts, over ${broker.name}`, {
    skip: broker.missing,
  }, async (t) => {
    const edge = await broker.start();
    t.after(() => edge.stop());
    const cloud = await broker.start();
    t.after(() => cloud.stop());
    const atCloud = await listen(cloud.url, 'cloud/+/faces');
    t.after(() => atCloud.link.close());
    const atEdge = await listen(edge.url, 'facepipe/+/stored');
    t.after(() => atEdge.link.close());
    const options = {
      ...route,
      from: { url: edge.url, clientId: 'forward' },
      to: { url: cloud.url, clientId: 'forward' },
    };
    const face = (text: string) => ({ topic: 'facepipe/door/faces', payload: Buffer.from(text) });

    const first = await startForwarder(options, never);
    await atEdge.link.publish(face('one'));
    await until('the first face is at the cloud', () => atCloud.messages.length === 1);
    await first.stop();
    const ids = [newId(), newId()];
    await atEdge.link.publish(face('two'));
    await atCloud.link.publish({ topic: 'facepipe/door/stored', payload: encodeReceipt({ ids }) });
    await atCloud.link.publish({
      topic: 'facepipe/elsewhere/stored',
      payload: encodeReceipt({ ids: [newId()] }),
    });

    const second = await startForwarder(options, never);
    t.after(() => second.stop());
    await until('the second face is at the cloud', () => atCloud.messages.length === 2);
    await until('the receipt is at the edge', () => atEdge.messages.length === 1);
    assert.deepEqual(
      atCloud.messages.map(({ topic, payload }) => `${topic} ${payload}`),
      ['cloud/door/faces one', 'cloud/door/faces two'],
    );
    const [receipt] = atEdge.messages;
    assert.ok(receipt);
    assert.equal(receipt.topic, 'facepipe/door/stored');
    const { via, ...said } = decodeReceipt(receipt.payload);
    assert.deepEqual(said, { ids, dead: [] });
    assert.match(via.join(), /^[0-9a-f]{16}$/, 'a token, and no client id');
    assert.deepEqual(second.totals, totals({ received: 1, forwarded: 1, receipts: 2 }));
  });

  test(`receipts do not go round where both sides are one broker under two names, over ${broker.name}`, {
    skip: broker.missing,
  }, async (t) => {
    const running = await broker.start();
    t.after(() => running.stop());
    const from = { url: running.url, clientId: 'here' };
    const to = { url: running.url.replace('127.0.0.1', 'localhost'), clientId: 'there' };
    const receipts = await listen(running.url, 'facepipe/+/stored');
    t.after(() => receipts.link.close());
    await receipts.link.subscribe('cloud/+/faces', async () => {});
    const forwarder = await startForwarder({ ...route, from, to }, never);
    t.after(() => forwarder.stop());
    await receipts.link.publish({ topic: 'facepipe/door/faces', payload: photo });
    await until('the face has passed', () => forwarder.totals.forwarded === 1);
    await receipts.link.publish({
      topic: 'facepipe/door/stored',
      payload: encodeReceipt({ ids: [newId()] }),
    });
    await until('the receipt was carried once', () => receipts.messages.length === 2);
    // a second one proves that the first is not on its way again
    await receipts.link.publish({
      topic: 'facepipe/door/stored',
      payload: encodeReceipt({ ids: [newId()] }),
    });
    await until('the second receipt was carried once', () => receipts.messages.length >= 4);
    assert.equal(receipts.messages.length, 4);
    await until('both are counted', () => forwarder.totals.receipts === 2);
  });
}

test('a face too large for the target is dead-lettered at the source, and the others pass', {
  skip: mosquittoMissing,
}, async (t) => {
  const edge = await startMosquitto();
  t.after(() => edge.stop());
  const cloud = await startMosquitto({ config: ['max_packet_size 20000'] });
  t.after(() => cloud.stop());
  const atCloud = await listen(cloud.url, 'cloud/+/faces');
  t.after(() => atCloud.link.close());
  const dead = await listen(edge.url, 'facepipe/+/dead');
  t.after(() => dead.link.close());
  const events: ForwardEvent[] = [];
  const forwarder = await startForwarder(
    {
      ...route,
      from: { url: edge.url, clientId: 'f' },
      to: { url: cloud.url, clientId: 'f' },
      onEvent: (event) => events.push(event),
    },
    never,
  );
  t.after(() => forwarder.stop());
  for (const payload of [photo.subarray(0, 1000), photo, photo.subarray(0, 2000)]) {
    await dead.link.publish({ topic: 'facepipe/door/faces', payload });
  }
  await until('the small ones are at the cloud', () => atCloud.messages.length === 2);
  await until('the large one is a dead letter', () => dead.messages.length === 1);
  const letter = JSON.parse(String(dead.messages[0]?.payload));
  assert.deepEqual(
    [letter.reason, letter.size, letter.topic],
    ['too-large', photo.length, 'facepipe/door/faces'],
  );
  assert.equal(Buffer.from(letter.payload, 'base64').equals(photo), true);
  await until('both are counted', () => forwarder.totals.forwarded === 2);
  assert.deepEqual(forwarder.totals, totals({ received: 3, forwarded: 2, dead: 1 }));
  assert.deepEqual(
    events.filter(({ type }) => type === 'retry'),
    [],
  );
});

test('a target where nobody subscribes does not have a face: it stays at the source until somebody does', {
  skip: mosquittoMissing,
}, async (t) => {
  const edge = await startMosquitto();
  t.after(() => edge.stop());
  const cloud = await startMosquitto();
  t.after(() => cloud.stop());
  const options = {
    ...route,
    from: { url: edge.url, clientId: 'f' },
    to: { url: cloud.url, clientId: 'f' },
  };
  const events: ForwardEvent[] = [];
  const first = await startForwarder({ ...options, onEvent: (event) => events.push(event) }, never);
  t.after(() => first.stop());
  const camera = await connect({ url: edge.url });
  t.after(() => camera.close());
  const face = (text: string) => ({ topic: 'facepipe/door/faces', payload: Buffer.from(text) });
  for (const text of ['one', 'two', 'three']) await camera.publish(face(text));
  await until('it is told', () => events.some(({ type }) => type === 'no-subscribers'));
  assert.deepEqual([first.totals.received, first.totals.forwarded], [3, 0]);
  const atCloud = await listen(cloud.url, 'cloud/+/faces');
  t.after(() => atCloud.link.close());
  await until('all are carried', () => first.totals.forwarded === 3);
  await until('all came', () => atCloud.messages.length === 3);
  assert.deepEqual(atCloud.messages.map(({ payload }) => String(payload)).sort(), ['one', 'three', 'two']);
  assert.equal(events.filter(({ type }) => type === 'no-subscribers').length, 1, 'told once');
});

test('the edge is told of a face that cannot pass, and of one that died beyond, over two hops', {
  skip: mosquittoMissing,
}, async (t) => {
  const edge = await startMosquitto();
  t.after(() => edge.stop());
  const site = await startMosquitto();
  t.after(() => site.stop());
  const cloud = await startMosquitto({ config: ['max_packet_size 20000'] });
  t.after(() => cloud.stop());
  const receipts = await listen(edge.url, 'facepipe/+/stored');
  t.after(() => receipts.link.close());
  const toTopic = 'facepipe/{device}/faces';
  for (const [from, to, clientId] of [
    [site.url, cloud.url, 'second'],
    [edge.url, site.url, 'first'],
  ] as const) {
    const hop = await startForwarder(
      { ...route, toTopic, from: { url: from, clientId }, to: { url: to, clientId } },
      never,
    );
    t.after(() => hop.stop());
  }
  const [large, other] = [newId(), newId()];
  const userProperties = { id: large, device: 'door' };
  const topic = 'facepipe/door/faces';
  await receipts.link.publish({ topic, payload: photo, userProperties });
  await receipts.link.publish({ topic, payload: photo, userProperties: { id: other, device: 'window' } });
  await until('the receipt is at the edge', () => receipts.messages.length > 0);
  const dead = [{ id: large, reason: 'too-large', sha256: createHash('sha256').update(photo).digest('hex') }];
  assert.equal(receipts.messages[0]?.topic, 'facepipe/door/stored');
  const { via, ...said } = decodeReceipt(receipts.messages[0]?.payload ?? Buffer.of());
  assert.deepEqual(said, { ids: [], dead });
  assert.equal(new Set(via).size, 2, 'a token of each forwarder');
  const atCloud = await connect({ url: cloud.url });
  t.after(() => atCloud.close());
  await atCloud.publish({ topic: 'facepipe/door/stored', payload: encodeReceipt({ ids: [other], dead }) });
  await until('the sink’s receipt is at the edge', () => receipts.messages.length === 2);
  assert.deepEqual(decodeReceipt(receipts.messages[1]?.payload ?? Buffer.of()), {
    ids: [other],
    dead,
    via,
  });
});

test('credentials that the target refuses end the start, and the source keeps its faces', {
  skip: mosquittoMissing,
}, async (t) => {
  const edge = await startMosquitto();
  t.after(() => edge.stop());
  const cloud = await startMosquitto({ passwords: { forward: 'right' } });
  t.after(() => cloud.stop());
  const to = { url: cloud.url, clientId: 'f', username: 'forward', password: 'wrong' };
  const from = { url: edge.url, clientId: 'f' };
  await assert.rejects(startForwarder({ ...route, from, to }, never), {
    code: 'FACEPIPE_E_BROKER_CREDENTIALS',
    exit: 4,
  });
});

test('a topic that the target would hang up on is dead-lettered, and the others pass', {
  skip: mosquittoMissing,
}, async (t) => {
  const aedes = brokers.find(({ name }) => name === 'Aedes');
  assert.ok(aedes);
  const edge = await aedes.start();
  t.after(() => edge.stop());
  const cloud = await startMosquitto();
  t.after(() => cloud.stop());
  const atCloud = await listen(cloud.url, 'cloud/+/faces');
  t.after(() => atCloud.link.close());
  const dead = await listen(edge.url, 'facepipe/+/dead');
  t.after(() => dead.link.close());
  const forwarder = await startForwarder(
    { ...route, from: { url: edge.url, clientId: 'f' }, to: { url: cloud.url, clientId: 'f' } },
    never,
  );
  t.after(() => forwarder.stop());
  // our own link refuses such a topic, so a plain client publishes it
  const plain = await connectAsync(edge.url);
  t.after(() => plain.endAsync());
  await plain.publishAsync('facepipe/a\u001b[2Jb/faces', photo, { qos: 1 });
  await plain.publishAsync('facepipe/door/faces', photo, { qos: 1 });
  await until('the good one is at the cloud', () => atCloud.messages.length === 1);
  await until('the other is a dead letter', () => dead.messages.length === 1);
  assert.equal(dead.messages[0]?.topic, 'facepipe/_/dead');
  assert.equal(JSON.parse(String(dead.messages[0]?.payload)).reason, 'device-missing');
});
