import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QoS } from '@facepipe/wire';
import { assertServes, broker } from './embedded.js';
import { RawClient } from './raw-client.js';

test('publishers of QoS 2 that never release are hung up on, and a repeat is no second message', async (t) => {
  const { port } = await broker(t, { unreleased: 20 });
  const hello = { clientId: 'endless', clean: false };
  const subscriber = await RawClient.connect(port);
  await subscriber.subscribe('t', 0);
  let endless = await RawClient.connect(port, hello);
  const publish = (messageId: number) =>
    ({
      cmd: 'publish',
      topic: 't',
      payload: `${messageId}`,
      qos: 2,
      messageId,
      retain: false,
      dup: false,
    }) as const;
  for (let n = 1; n <= 20; n++) {
    endless.send(publish(n));
    await endless.next('pubrec');
  }
  await endless.leave();
  // its session is the same
  endless = await RawClient.connect(port, hello);
  endless.send(publish(7));
  await endless.next('pubrec');
  endless.send(publish(21));
  await endless.hungUp();
  await assertServes(port);
  for (let n = 1; n <= 20; n++) assert.equal(String((await subscriber.next('publish')).payload), `${n}`);
  assert.equal(subscriber.packets.length, 0);
});

test('a session without a client id is refused, to which nobody could come back', async (t) => {
  const { port } = await broker(t, {});
  const client = new RawClient(port);
  client.socket.write(Buffer.from([0x10, 12, 0, 4, ...Buffer.from('MQTT'), 4, 0, 0, 0, 0, 0]));
  assert.equal((await client.next('connack')).returnCode, 2);
  await client.hungUp();
  await (await RawClient.connect(port)).leave();
});

test('shared subscriptions, on which nothing would come, are refused', async (t) => {
  const { port } = await broker(t, {});
  const client = await RawClient.connect(port);
  assert.equal(await client.subscribe('$share/sinks/facepipe/+/faces', 1), 128);
  assert.equal(await client.subscribe('facepipe/+/faces', 1), 1);
});

test('a will of QoS 2 that is retained comes with the subscription’s quality of service', async (t) => {
  const { port } = await broker(t, {});
  const subscriber = await RawClient.connect(port);
  await subscriber.subscribe('status/+', 1);
  const will = { topic: 'status/x', payload: Buffer.from('gone'), qos: 2, retain: true } as const;
  await (await RawClient.connect(port, { will })).leave();
  const came = await subscriber.next('publish');
  assert.deepEqual([came.topic, String(came.payload), came.qos, came.retain], ['status/x', 'gone', 1, false]);
  const late = await RawClient.connect(port);
  await late.subscribe('#', 1);
  const kept = await late.next('publish');
  assert.deepEqual([kept.topic, String(kept.payload), kept.qos, kept.retain], ['status/x', 'gone', 1, true]);
});

test('a topic of the greatest length and one of a thousand levels hold up nobody', async (t) => {
  const { port } = await broker(t, {}, 'topics');
  const subscriber = await RawClient.connect(port);
  await subscriber.subscribe('#', 1);
  const publisher = await RawClient.connect(port);
  const long = 'ü'.repeat(32_767);
  await publisher.acknowledged(long, 'long', true);
  assert.equal((await subscriber.next('publish')).topic, long);
  publisher.publish('/'.repeat(1000), 'deep', 1, true);
  await publisher.hungUp();
  await assertServes(port);
});

test('an unknown protocol version ends its own connection only', async (t) => {
  const { port } = await broker(t, {});
  for (const version of [0, 2, 6, 127]) {
    const client = new RawClient(port);
    client.socket.write(Buffer.from([0x10, 13, 0, 4, ...Buffer.from('MQTT'), version, 2, 0, 0, 0, 1, 0x61]));
    await client.hungUp();
  }
  await assertServes(port);
});

test('two clients of one id take turns, and the session loses nothing by it', async (t) => {
  const { port } = await broker(t, {}, 'turns');
  const hello = { clientId: 'twin', clean: false };
  let twin = await RawClient.connect(port, hello);
  await twin.subscribe('t', 1);
  const publisher = await RawClient.connect(port);
  const came = new Set<string>();
  for (let n = 0; n < 50; n++) {
    const other = await RawClient.connect(port, hello);
    await twin.hungUp();
    twin = other;
    await publisher.acknowledged('t', `${n}`);
    if (n % 3) continue;
    while (came.size <= n) {
      const { payload, messageId = 0 } = await twin.next('publish');
      came.add(String(payload));
      twin.send({ cmd: 'puback', messageId });
    }
  }
  while (came.size < 50) came.add(String((await twin.next('publish')).payload));
});

test('retained, live and queued messages of every QoS come with no more than was asked for', async (t) => {
  for (const data of [undefined, 'matrix']) {
    const { port } = await broker(t, {}, data);
    const publisher = await RawClient.connect(port);
    const witness = await RawClient.connect(port);
    await witness.subscribe('m/x', 0);
    const publish = async (qos: QoS, payload: string, retain: boolean) => {
      publisher.send({ cmd: 'publish', topic: 'm/x', payload, qos, messageId: 9, retain, dup: false });
      // QoS 0 has no answer: that it came elsewhere says that it was handled
      await witness.next('publish');
      if (qos === 1) await publisher.next('puback');
      if (qos < 2) return;
      await publisher.next('pubrec');
      publisher.send({ cmd: 'pubrel', messageId: 9 });
      await publisher.next('pubcomp');
    };
    for (const given of [0, 1, 2] as const)
      for (const asked of [0, 1, 2] as const)
        for (const filter of ['m/x', 'm/+', '#', '+/+'])
          for (const clean of [true, false]) {
            const name = `QoS ${given} to ${asked}, ${filter}, ${clean ? 'clean' : 'kept'}, ${data ?? 'memory'}`;
            await publish(given, 'retained', true);
            const hello = { clientId: 'reader', clean };
            let reader = await RawClient.connect(port, hello);
            assert.equal(await reader.subscribe(filter, asked), asked);
            const lowest = Math.min(given, asked);
            const comes = async (kind: string) => {
              const { payload, qos, retain, messageId = 0 } = await reader.next('publish');
              assert.deepEqual([String(payload), qos, retain], [kind, lowest, kind === 'retained'], name);
              if (qos === 1) reader.send({ cmd: 'puback', messageId });
              if (qos < 2) return;
              reader.send({ cmd: 'pubrec', messageId });
              await reader.next('pubrel');
              reader.send({ cmd: 'pubcomp', messageId });
            };
            await comes('retained');
            await publish(given, 'live', false);
            await comes('live');
            await reader.leave();
            if (clean) continue;
            await publish(given, 'queued', false);
            reader = await RawClient.connect(port, hello);
            if (lowest > 0) await comes('queued');
            reader.send({ cmd: 'pingreq' });
            await reader.next('pingresp');
            assert.equal(reader.packets.length, 0, name);
            await reader.leave();
            await (await RawClient.connect(port, { clientId: 'reader' })).leave();
          }
  }
});

test('what was sent and not acknowledged comes again first, in order and under its ids', async (t) => {
  const { port } = await broker(t, { inflight: 3 });
  const hello = { clientId: 'reader', clean: false };
  let reader = await RawClient.connect(port, hello);
  await reader.subscribe('t', 2);
  const publisher = await RawClient.connect(port);
  for (let n = 0; n < 5; n++) await publisher.acknowledged('t', `${n}`);
  const first = [await reader.next('publish'), await reader.next('publish'), await reader.next('publish')];
  await reader.leave();
  reader = await RawClient.connect(port, hello);
  for (const { payload, messageId } of first) {
    const again = await reader.next('publish');
    assert.deepEqual([String(again.payload), again.messageId, again.dup], [String(payload), messageId, true]);
    reader.send({ cmd: 'puback', messageId: messageId ?? 0 });
  }
  for (const text of ['3', '4']) {
    const { payload, dup } = await reader.next('publish');
    assert.deepEqual([String(payload), dup], [text, false]);
  }
});

test('a handshake of QoS 2 goes on where it was, over a broken connection and a stop of the broker', async (t) => {
  let { port, stop } = await broker(t, {}, 'handshake');
  const hello = { clientId: 'reader', clean: false };
  let reader = await RawClient.connect(port, hello);
  await reader.subscribe('t', 2);
  const publisher = await RawClient.connect(port, { clientId: 'writer', clean: false });
  const message = {
    cmd: 'publish',
    topic: 't',
    payload: 'once',
    qos: 2,
    messageId: 5,
    retain: false,
  } as const;
  publisher.send({ ...message, dup: false });
  await publisher.next('pubrec');
  const { messageId = 0 } = await reader.next('publish');
  reader.send({ cmd: 'pubrec', messageId });
  await reader.next('pubrel');
  for (const restart of [false, true]) {
    await reader.leave();
    await publisher.leave();
    if (restart) {
      await stop();
      ({ port, stop } = await broker(t, {}, 'handshake'));
    }
    const again = await RawClient.connect(port, { clientId: 'writer', clean: false });
    again.send({ ...message, dup: true });
    await again.next('pubrec');
    await again.leave();
    reader = await RawClient.connect(port, hello);
    assert.equal((await reader.next('pubrel')).messageId, messageId);
    assert.equal(reader.packets.length, 0);
  }
  reader.send({ cmd: 'pubcomp', messageId });
  const last = await RawClient.connect(port, { clientId: 'writer', clean: false });
  last.send({ cmd: 'pubrel', messageId: 5 });
  await last.next('pubcomp');
  // the id is free for another message
  last.send({ ...message, payload: 'twice', dup: false });
  await last.next('pubrec');
  assert.equal(String((await reader.next('publish')).payload), 'twice');
});

test('a client that wants no session ends the one that was kept, with its queue', async (t) => {
  const { port } = await broker(t, {}, 'ended');
  const hello = { clientId: 'reader', clean: false };
  let reader = await RawClient.connect(port, hello);
  await reader.subscribe('t', 1);
  await reader.leave();
  const publisher = await RawClient.connect(port);
  await publisher.acknowledged('t', 'lost on purpose');
  await (await RawClient.connect(port, { clientId: 'reader', clean: true })).leave();
  reader = await RawClient.connect(port, hello);
  await publisher.acknowledged('t', 'nobody subscribes');
  reader.send({ cmd: 'pingreq' });
  await reader.next('pingresp');
  assert.equal(reader.packets.length, 0);
});

test('subscribers of everything learn no client ids from the broker', async (t) => {
  const { port } = await broker(t);
  const curious = await RawClient.connect(port);
  for (const filter of ['#', '$SYS/#', '+/+/new/clients']) await curious.subscribe(filter, 0);
  const secret = await RawClient.connect(port, { clientId: 'a-secret' });
  await secret.subscribe('t', 1);
  await secret.acknowledged('t', 'only this');
  assert.equal(String((await curious.next('publish')).payload), 'only this');
  assert.equal(curious.packets.length, 0);
});
