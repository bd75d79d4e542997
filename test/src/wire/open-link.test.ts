import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Link, type LinkOptions, openLink } from '@facepipe/wire';
import { brokers, freePort, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { until } from '../support/until.js';

const timeout = 300_000;

/** A link without its broker, closed with the test. */
function open(t: TestContext, options: LinkOptions): Link & { losses: string[] } {
  const losses: string[] = [];
  const link = openLink({ ...options, onDisconnect: ({ code }) => void losses.push(code) });
  t.after(() => link.close({ timeout: 0 }));
  return Object.assign(link, { losses });
}

for (const broker of brokers) {
  test(`a link opened before its broker subscribes and publishes once it is there, over ${broker.name}`, {
    skip: broker.missing,
    timeout,
  }, async (t) => {
    const running = await broker.start();
    t.after(() => running.stop());
    await running.crash();
    const connects: string[] = [];
    const got: string[] = [];
    const link = open(t, {
      url: running.url,
      publishTimeout: 20_000,
      onConnect: async ({ clientId }) => void connects.push(clientId),
    });
    const subscribed = link.subscribe('test/a', async ({ payload }) => void got.push(String(payload)));
    await until('the failure is told', () => link.losses.includes('FACEPIPE_E_BROKER_UNREACHABLE'));
    assert.equal(link.connected, false);
    const late = link.publish({ topic: 'test/a', payload: Buffer.from('late') }, { timeout: 1 });
    await assert.rejects(late, { code: 'FACEPIPE_E_PUBLISH_TIMEOUT', message: /no connection/ });
    const early = link.publish({ topic: 'test/a', payload: Buffer.from('early') });
    await running.restart();
    await Promise.all([subscribed, early]);
    assert.ok(link.connected);
    await until('it came', () => got.length > 0);
    assert.deepEqual(
      [got, connects, link.losses],
      [['early'], [link.clientId], ['FACEPIPE_E_BROKER_UNREACHABLE']],
    );
    assert.equal(link.protocolVersion, broker.name === 'Aedes' ? 4 : 5);
    // from now on it is a link like any other
    await running.crash();
    await until('the loss is noticed', () => !link.connected);
    await running.restart();
    await until('it is back', () => link.connected);
  });
}

test('a subscription waits for the first connection however long that takes', {
  skip: mosquittoMissing,
  timeout,
}, async (t) => {
  const running = await startMosquitto();
  t.after(() => running.stop());
  await running.crash();
  const link = open(t, { url: running.url, publishTimeout: 400 });
  const subscribed = link.subscribe('test/a', async () => {});
  await assert.rejects(link.publish({ topic: 'test/a', payload: Buffer.from('x') }), {
    code: 'FACEPIPE_E_PUBLISH_TIMEOUT',
  });
  await running.restart();
  await subscribed;
});

test('a link without its broker closes at once, and what waits is refused', { timeout }, async (t) => {
  const link = open(t, { url: `mqtt://127.0.0.1:${await freePort()}` });
  const waiting = [
    link.publish({ topic: 'test/a', payload: Buffer.from('x') }),
    link.subscribe('test/a', async () => {}),
  ];
  await link.close({ timeout: 3_600_000 });
  for (const one of waiting) await assert.rejects(one, { code: 'FACEPIPE_E_LINK_CLOSED' });
});

test('options that cannot be used throw at once', () => {
  assert.throws(() => openLink({ url: 'http://127.0.0.1' }), { code: 'FACEPIPE_E_BROKER_URL' });
});

test('credentials refused before the first connection end the link', {
  skip: mosquittoMissing,
  timeout,
}, async (t) => {
  const running = await startMosquitto({ passwords: { capture: 'right' } });
  t.after(() => running.stop());
  await running.crash();
  const link = open(t, { url: running.url, username: 'capture', password: 'wrong' });
  const subscribed = assert.rejects(
    link.subscribe('test/a', async () => {}),
    { code: 'FACEPIPE_E_LINK_CLOSED' },
  );
  await until('the failure is told', () => link.losses.length > 0);
  await running.restart();
  const end = await link.ended;
  assert.deepEqual([end.code, end.exit], ['FACEPIPE_E_BROKER_CREDENTIALS', 4]);
  await subscribed;
});
