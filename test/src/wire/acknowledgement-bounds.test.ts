import assert from 'node:assert/strict';
import { kill } from 'node:process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@facepipe/wire';
import { gate, roundTrip, say, stage, timeout, topic } from '../support/acknowledgement-scene.js';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { until } from '../support/until.js';

const mosquitto = { skip: mosquittoMissing ?? false, timeout };

test('an acknowledgement dies with its connection', mosquitto, async (t) => {
  // Without persistence a crash loses the session, and packet ids start again at 1.
  const { broker, cable, field, publisher, consume } = await stage(t, startMosquitto);
  const link = await consume(field);
  const { got, texts, handler, finish } = gate();
  await link.subscribe(topic, handler);
  await publisher.publish(say('old'));
  await until('the old one is in hand', () => got.length === 1);
  await broker.crash();
  await until('the loss is noticed', () => !link.connected);
  await broker.restart();
  await until('it is back', () => link.connected);
  assert.equal(link.sessionPresent, false);
  await publisher.publish(say('new'));
  await until('the new one is in hand', () => got.length === 2);
  finish('old');
  await roundTrip(link);
  cable.cut();
  await until('the new one came again', () => got.length === 3);
  assert.deepEqual(texts(), ['old', 'new', 'new']);
});

test('hundreds of messages are in hand at once on one connection', mosquitto, async (t) => {
  const { publisher, consume } = await stage(t, () =>
    startMosquitto({ config: ['max_inflight_messages 0'] }),
  );
  const count = 436;
  const link = await consume({ receiveMaximum: 1000 });
  const { got, texts, handler, waiting } = gate();
  await link.subscribe(topic, handler);
  const names = Array.from({ length: count }, (_, i) => String(i));
  await Promise.all(names.map((text) => publisher.publish(say(text))));
  await until('all are in hand', () => waiting.length === count);
  for (const { done } of [...waiting].reverse()) done();
  await link.close();
  assert.deepEqual(texts(), names);
  const again = gate();
  const next = await consume();
  await next.subscribe(topic, again.handler);
  await publisher.publish(say('last'));
  await until('the last came', () => again.got.length > 0);
  assert.deepEqual(again.texts(), ['last']);
  assert.equal(got.length, count);
});

test('a broker sends no more than receiveMaximum before the first acknowledgement', mosquitto, async (t) => {
  // Afterwards mosquitto 2.0.11 sends another window full for each single one, so only maxHeld really bounds.
  const { publisher, consume } = await stage(t, () => startMosquitto());
  const link = await consume({ receiveMaximum: 3 });
  const { got, waiting, handler } = gate();
  await link.subscribe(topic, handler);
  for (let i = 0; i < 12; i += 1) await publisher.publish(say(String(i)));
  await roundTrip(link);
  assert.equal(got.length, 3);
  await until('all came', () => {
    for (const { done } of waiting.splice(0)) done();
    return got.length === 12;
  });
});

test('a link that is full waits until its broker has read what it acknowledged', mosquitto, async (t) => {
  // it goes on sending while it does not read, so that the connection has bytes in both directions
  const broker = await startMosquitto({ config: ['max_inflight_messages 0', 'max_queued_messages 100000'] });
  t.after(() => broker.stop());
  const publisher = await connect({ url: broker.url });
  t.after(() => publisher.close({ timeout: 0 }));
  const losses: string[] = [];
  const size = 100_000;
  const link = await connect({
    url: broker.url,
    clientId: 'consumer',
    clean: false,
    maxHeld: 10 * size,
    onDisconnect: ({ code }) => void losses.push(code),
  });
  t.after(() => link.close({ timeout: 0 }));
  const { texts, handler, waiting } = gate();
  await link.subscribe(topic, handler);
  const names = Array.from({ length: 200 }, (_, i) => String(i));
  for (const text of names) await publisher.publish(say(text.padEnd(size)));
  await until('the bound is reached', () => waiting.length === 10);
  const process = broker.pid ?? assert.fail();
  kill(process, 'SIGSTOP');
  try {
    for (const { done } of waiting.splice(0)) done();
    // longer than a connection waits for its end when a program says good-bye
    await sleep(2500);
  } finally {
    kill(process, 'SIGCONT');
  }
  await until('all came', () => {
    for (const { done } of waiting.splice(0)) done();
    return texts().length >= names.length && link.held === 0;
  });
  assert.deepEqual(
    texts().map((text) => text.trim()),
    names,
    'each once, in order',
  );
  assert.deepEqual([...new Set(losses)], ['FACEPIPE_E_HELD_FULL']);
});
