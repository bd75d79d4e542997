import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { decodeReceipt, encodeReceipt } from '@facepipe/wire';
import { startAedes, startMosquitto } from '../support/brokers.js';
import { startCable } from '../support/cable.js';
import { count, forward, listen, options, run, say, texts } from '../support/hop.js';
import { until } from '../support/until.js';

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
    await until('all of door are at the cloud', () => new Set(texts(atCloud.messages)).size === 55);
    await until('the others are dead letters', () => dead.messages.length >= 3);
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
  await until('all have passed', () => forwarder.totals.forwarded >= 5);
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
