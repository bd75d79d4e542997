import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultMaximumPacketSize } from '@facepipe/wire';
import { startAedes, startMosquitto } from '../support/brokers.js';
import { join, mosquitto, run, say, timeout } from '../support/link-scene.js';
import { until } from '../support/until.js';

test('nobody listening is told apart on MQTT 5', mosquitto, async (t) => {
  const { url } = await run(t, startMosquitto);
  const link = await join(t, { url });
  assert.deepEqual(await link.publish(say('x', 'nobody/here')), { routed: false });
  await link.subscribe('nobody/+', async () => {});
  assert.deepEqual(await link.publish(say('x', 'nobody/here')), { routed: true });
});

test('a publish that the ACL forbids is refused at once', mosquitto, async (t) => {
  const { url } = await run(t, () => startMosquitto({ acl: ['topic read #', 'topic write allowed/#'] }));
  const link = await join(t, { url });
  await link.publish(say('x', 'allowed/a'));
  await assert.rejects(link.publish(say('x', 'forbidden/a')), { code: 'FACEPIPE_E_PUBLISH_DENIED', exit: 4 });
});

test(
  'a message up to the announced packet size passes, one byte more is refused before it is sent',
  mosquitto,
  async (t) => {
    const limit = 5000;
    const { url } = await run(t, () => startMosquitto({ config: [`max_packet_size ${limit}`] }));
    const losses: string[] = [];
    const link = await join(t, { url, onDisconnect: ({ code }) => void losses.push(code) });
    assert.equal(link.maximumPacketSize, limit);
    const extras = { contentType: 'image/png', userProperties: { device: 'ворота', long: 'x'.repeat(200) } };
    // Header 3, topic 8, packet id 2, properties 2 + (3 + 9) + (1 + 8 + 14) + (1 + 6 + 202), as MQTT 5 counts them.
    const overhead = 3 + 8 + 2 + 2 + 12 + 23 + 209;
    const largest = { topic: 'test/a', payload: Buffer.alloc(limit - overhead), ...extras };
    await link.publish(largest);
    const larger = { ...largest, payload: Buffer.alloc(limit - overhead + 1) };
    await assert.rejects(link.publish(larger), (error: Error) => {
      assert.match(
        error.message,
        /^A message of 5001 bytes on test\/a is larger than \S+ takes \(5000 bytes\)/,
      );
      return true;
    });
    await link.publish(say('still here'));
    assert.deepEqual(losses, []);
  },
);

test(
  'a message the broker finds too large without having said so is refused, and the link lives on',
  mosquitto,
  async (t) => {
    const { url } = await run(t, () => startMosquitto({ config: ['message_size_limit 1000'] }));
    const losses: string[] = [];
    const link = await join(t, { url, onDisconnect: ({ code }) => void losses.push(code) });
    assert.equal(link.maximumPacketSize, defaultMaximumPacketSize);
    await assert.rejects(link.publish({ topic: 'test/a', payload: Buffer.alloc(1001) }), {
      code: 'FACEPIPE_E_TOO_LARGE',
      message: /of 1001 bytes .* announced no limit/,
    });
    await link.publish({ topic: 'test/a', payload: Buffer.alloc(1000) });
    assert.deepEqual(losses, []);
  },
);

test('a broker that grants less than asked is not taken for a subscription', mosquitto, async (t) => {
  const { url } = await run(t, () => startMosquitto({ listener: ['max_qos 0'] }));
  const link = await join(t, { url });
  await assert.rejects(
    link.subscribe('test/a', async () => {}),
    { code: 'FACEPIPE_E_SUBSCRIBE_REFUSED', message: /grants only QoS 0/ },
  );
  await link.subscribe('test/a', async () => {}, { qos: 0 });
});

test('malformed topics, filters and properties never reach the broker', mosquitto, async (t) => {
  const { url } = await run(t, startMosquitto);
  const losses: string[] = [];
  const link = await join(t, { url, onDisconnect: ({ code }) => void losses.push(code) });
  await assert.rejects(link.publish(say('x', 'a/+')), { code: 'FACEPIPE_E_TOPIC', exit: 2 });
  await assert.rejects(
    link.subscribe('a#', async () => {}),
    { code: 'FACEPIPE_E_FILTER', exit: 2 },
  );
  for (const value of ['\0', '\ud800', 'x'.repeat(65536)]) {
    await assert.rejects(link.publish({ ...say('x'), userProperties: { value } }), {
      code: 'FACEPIPE_E_PROPERTY',
    });
  }
  await link.publish(say('still here'));
  assert.deepEqual(losses, []);
});

test('a subscription that may be refused later ends alone, and the link goes on', { timeout }, async (t) => {
  let granted = true;
  const broker = await run(t, () => startAedes({ grants: (filter) => granted || filter === 'kept' }));
  const link = await join(t, { url: broker.url });
  const heard: string[] = [];
  const refused: string[] = [];
  await link.subscribe('lost', async () => {}, { onRefused: ({ code }) => void refused.push(code) });
  await link.subscribe('kept', async ({ payload }) => void heard.push(String(payload)));
  granted = false;
  await broker.restart();
  await until('it is told', () => refused.length === 1);
  assert.deepEqual(refused, ['FACEPIPE_E_SUBSCRIBE_REFUSED']);
  await link.publish(say('still here', 'kept'));
  await until('the other is heard', () => heard.length === 1);
  await broker.restart();
  await link.publish(say('again', 'kept'));
  await until('it is heard after one more reconnect', () => heard.length === 2);
  assert.equal(refused.length, 1, 'it is not asked for again');
});
