import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertServes, broker } from './embedded.js';
import { RawClient } from './raw-client.js';

test('a packet that announces 200 MB is hung up on by its header', async (t) => {
  const { port, troubles } = await broker(t, {});
  const client = await RawClient.connect(port);
  client.socket.write(Buffer.from([0x32, 0x80, 0x84, 0xaf, 0x5f]));
  await client.hungUp();
  assert.match(troubles[0] ?? '', /a packet of 200000005 bytes, the limit is 8388608/);
  await assertServes(port);
});

test('the largest packet passes, one byte more does not', async (t) => {
  const { port } = await broker(t, { packet: 1000 });
  const subscriber = await RawClient.connect(port);
  await subscriber.subscribe('t', 1);
  const client = await RawClient.connect(port);
  // header 3, topic 3, id 2
  await client.acknowledged('t', Buffer.alloc(992));
  assert.equal((await subscriber.next('publish')).payload.length, 992);
  client.publish('t', Buffer.alloc(993));
  await client.hungUp();
});

test('a connection without CONNECT is closed in time', async (t) => {
  const { port } = await broker(t, { connectTimeout: 50 });
  const silent = new RawClient(port);
  const dripping = new RawClient(port);
  dripping.socket.write(Buffer.from([0x10, 0x7f]));
  await Promise.all([silent.hungUp(), dripping.hungUp()]);
  await assertServes(port);
});

test('where there is no room the connection that has not logged in gives way, else the new one', async (t) => {
  const { port, troubles } = await broker(t, { connections: 3 });
  const first = await RawClient.connect(port);
  const idle = new RawClient(port);
  const second = await RawClient.connect(port);
  const third = await RawClient.connect(port);
  await idle.hungUp();
  await new RawClient(port).hungUp();
  assert.match(troubles[0] ?? '', /3 connections, as many as may be/);
  for (const client of [first, second, third]) {
    client.send({ cmd: 'pingreq' });
    await client.next('pingresp');
  }
});

test('filters beyond the limit are refused, those before it serve, also after the client has come back', async (t) => {
  const { port } = await broker(t, { filters: 10 });
  const hello = { clientId: 'many', clean: false };
  const many = await RawClient.connect(port, hello);
  const subscriptions = Array.from({ length: 5000 }, (_, n) => ({ topic: `many/${n}`, qos: 1 as const }));
  many.send({ cmd: 'subscribe', messageId: 1, subscriptions });
  const { granted } = await many.next('suback');
  assert.deepEqual(granted, [...Array(10).fill(1), ...Array(4990).fill(128)]);
  await many.leave();
  const publisher = await RawClient.connect(port);
  for (const topic of ['many/9', 'many/10']) await publisher.acknowledged(topic, topic);
  const again = await RawClient.connect(port, hello);
  assert.equal((await again.next('publish')).topic, 'many/9');
  assert.equal(again.packets.length, 0);
  await assertServes(port);
});

test('a full queue takes nothing more, which is said, and holds up nobody', async (t) => {
  for (const [limits, kept] of [
    [{ sessionMessages: 3 }, 3],
    [{ sessionBytes: 400 }, 4],
  ] as const) {
    const { port, troubles } = await broker(t, limits);
    const hello = { clientId: 'absent', clean: false };
    const absent = await RawClient.connect(port, hello);
    await absent.subscribe('t', 1);
    await absent.leave();
    const publisher = await RawClient.connect(port);
    for (let n = 0; n < 6; n++) await publisher.acknowledged('t', `${n}`.padEnd(99));
    assert.match(troubles.join('\n'), /the queue of absent is full .* 1 messages were not queued for it/);
    await assertServes(port);
    const back = await RawClient.connect(port, hello);
    const came: string[] = [];
    for (let n = 0; n < kept; n++) {
      const { payload, messageId = 0 } = await back.next('publish');
      came.push(String(payload).trim());
      back.send({ cmd: 'puback', messageId });
    }
    assert.deepEqual(came, ['0', '1', '2', '3', '4', '5'].slice(0, kept));
    // the queue takes messages again
    await publisher.acknowledged('t', 'more');
    assert.equal(String((await back.next('publish')).payload), 'more');
  }
});

test('when all queues together are full a publish is not acknowledged, and nothing that was is lost', async (t) => {
  for (const [limits, kept] of [
    [{ messages: 3 }, 3],
    [{ bytes: 400 }, 4],
  ] as const) {
    const { port, troubles } = await broker(t, limits);
    const hello = { clientId: 'absent', clean: false };
    const absent = await RawClient.connect(port, hello);
    await absent.subscribe('t', 1);
    await absent.leave();
    let publisher = await RawClient.connect(port);
    for (let n = 0; n < kept; n++) await publisher.acknowledged('t', `${n}`.padEnd(99));
    publisher.publish('t', 'no'.padEnd(99));
    await publisher.hungUp();
    assert.match(troubles.join('\n'), /the queues of all sessions are full/);
    // what nobody queues for passes
    await assertServes(port);
    const back = await RawClient.connect(port, hello);
    for (let n = 0; n < kept; n++) {
      const { payload, messageId = 0 } = await back.next('publish');
      assert.equal(String(payload).trim(), `${n}`);
      back.send({ cmd: 'puback', messageId });
    }
    back.send({ cmd: 'pingreq' });
    await back.next('pingresp');
    publisher = await RawClient.connect(port);
    await publisher.acknowledged('t', 'now');
    assert.equal(String((await back.next('publish')).payload), 'now');
  }
});

test('retained messages beyond the limits are delivered but not retained', async (t) => {
  for (const limits of [{ retained: 2 }, { retainedBytes: 210 }]) {
    const { port, troubles } = await broker(t, limits);
    const listener = await RawClient.connect(port);
    await listener.subscribe('r/+', 1);
    const publisher = await RawClient.connect(port);
    for (const topic of ['r/1', 'r/2', 'r/3']) await publisher.acknowledged(topic, 'x'.padEnd(100), true);
    for (const topic of ['r/1', 'r/2', 'r/3']) assert.equal((await listener.next('publish')).topic, topic);
    assert.match(troubles.join('\n'), /1 were delivered but not retained/);
    // a topic's next message takes the place of its last, an empty one makes room
    await publisher.acknowledged('r/2', 'y'.padEnd(100), true);
    await publisher.acknowledged('r/1', '', true);
    await publisher.acknowledged('r/4', 'z'.padEnd(100), true);
    const late = await RawClient.connect(port);
    await late.subscribe('r/+', 1);
    const came = [await late.next('publish'), await late.next('publish')];
    assert.deepEqual(came.map(({ topic, payload }) => `${topic} ${payload}`.trim()).sort(), [
      'r/2 y',
      'r/4 z',
    ]);
  }
});

test('no more sessions are kept than may be, and one that ends makes room', async (t) => {
  const { port } = await broker(t, { sessions: 1 });
  const one = await RawClient.connect(port, { clientId: 'one', clean: false });
  await one.subscribe('t', 1);
  const refusal = new RawClient(port);
  refusal.send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'two',
    clean: false,
    keepalive: 0,
  });
  assert.equal((await refusal.next('connack')).returnCode, 3);
  await assertServes(port);
  await one.leave();
  await (await RawClient.connect(port, { clientId: 'one', clean: true })).leave();
  const two = await RawClient.connect(port, { clientId: 'two', clean: false });
  assert.equal(await two.subscribe('t', 1), 1);
});

test('a connection has no more unacknowledged than may be, and gets the rest as it acknowledges', async (t) => {
  for (const limits of [{ inflight: 5 }, { inflightBytes: 5 * 101 }]) {
    const { port } = await broker(t, limits);
    const reader = await RawClient.connect(port, { clientId: 'reader', clean: false });
    await reader.subscribe('t', 1);
    const publisher = await RawClient.connect(port);
    for (let n = 0; n < 50; n++) await publisher.acknowledged('t', `${n}`.padEnd(100));
    reader.send({ cmd: 'pingreq' });
    await reader.next('pingresp');
    assert.equal(reader.packets.length, 5);
    for (let n = 0; n < 50; n++) {
      const { payload, messageId = 0 } = await reader.next('publish');
      assert.equal(String(payload).trim(), `${n}`);
      reader.send({ cmd: 'puback', messageId });
    }
  }
});
