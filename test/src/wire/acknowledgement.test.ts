import assert from 'node:assert/strict';
import { kill } from 'node:process';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type IncomingMessage, type Link, type LinkOptions } from '@facepipe/wire';
import { brokers, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { startCable } from '../support/cable.js';
import type { RunningBroker } from '../support/running-broker.js';
import { until } from '../support/until.js';

const timeout = 300_000;
const topic = 'test/a';
const say = (text: string) => ({ topic, payload: Buffer.from(text) });

/** A broker, a cable to it, a publisher beside it, and consumers on it, all ended with the test. */
async function stage(t: TestContext, start: () => Promise<RunningBroker>) {
  const broker = await start();
  t.after(() => broker.stop());
  const cable = await startCable(broker.port);
  t.after(() => cable.close());
  const join = async (options: LinkOptions) => {
    const link = await connect(options);
    t.after(() => link.close({ timeout: 0 }));
    return link;
  };
  const publisher = await join({ url: broker.url });
  const consume = (options: Partial<LinkOptions> = {}) =>
    join({ url: broker.url, clientId: 'consumer', clean: false, ...options });
  return { broker, cable, field: { url: `mqtt://127.0.0.1:${cable.port}` }, publisher, consume };
}

/** A handler whose messages wait until they are let go by name. */
function gate() {
  const got: IncomingMessage[] = [];
  const waiting: { text: string; done: () => void; fail: (error: Error) => void }[] = [];
  const handler = (message: IncomingMessage) => {
    got.push(message);
    return new Promise<void>((done, fail) => waiting.push({ text: message.payload.toString(), done, fail }));
  };
  const take = (text: string) => {
    const index = waiting.findIndex((entry) => entry.text === text);
    const [entry] = waiting.splice(index, 1);
    assert.ok(entry, `${text} waits`);
    return entry;
  };
  return {
    got,
    texts: () => got.map(({ payload }) => payload.toString()),
    handler,
    waiting,
    finish: (text: string) => take(text).done(),
    fail: (text: string) => take(text).fail(new Error('the store is away')),
  };
}

/** The acknowledgements of what was finished before have reached the broker once it answers. */
async function roundTrip(link: Link): Promise<void> {
  // They are written when all promises that hang on a handler's have been settled.
  await new Promise(setImmediate);
  await link.publish({ topic: 'test/round-trip', payload: Buffer.alloc(0) });
}

for (const { name, missing, start } of brokers) {
  const over = `over ${name}`;
  const options = { skip: missing ?? false, timeout };

  test(`acknowledgements leave in the order the messages came, ${over}`, options, async (t) => {
    const { cable, field, publisher, consume } = await stage(t, start);
    const link = await consume(field);
    const { got, texts, handler, finish } = gate();
    await link.subscribe(topic, handler);
    for (const text of ['1', '2', '3', '4']) await publisher.publish(say(text));
    await until('four are in hand', () => got.length === 4);
    for (const text of ['1', '2', '4']) finish(text);
    await roundTrip(link);
    cable.cut();
    await until('the two from the unfinished one on came again', () => got.length === 6);
    assert.deepEqual(texts().slice(4), ['3', '4']);
    for (const text of ['3', '3', '4']) finish(text);
    await roundTrip(link);
    cable.cut();
    await publisher.publish(say('5'));
    await until('the next came', () => texts().includes('5'));
    assert.deepEqual(texts().slice(6), ['5']);
  });

  test(`a handler that fails gets its message again, ${over}`, options, async (t) => {
    const { publisher, consume } = await stage(t, start);
    const losses: string[] = [];
    const link = await consume({ onDisconnect: ({ message }) => void losses.push(message) });
    const { got, texts, handler, finish, fail } = gate();
    await link.subscribe(topic, handler);
    await publisher.publish(say('1'));
    await publisher.publish(say('2'));
    await until('both are in hand', () => got.length === 2);
    fail('1');
    await until('both came again', () => got.length === 4);
    assert.deepEqual(texts(), ['1', '2', '1', '2']);
    assert.equal(losses.length, 1);
    assert.match(losses[0] ?? '', /^A message on test\/a was not handled: the store is away\./);
    for (const text of ['2', '1', '2']) finish(text);
    await roundTrip(link);
    await link.close();
    const again = gate();
    const next = await consume();
    await next.subscribe(topic, again.handler);
    await publisher.publish(say('3'));
    await until('the third came', () => again.got.length > 0);
    assert.deepEqual(again.texts(), ['3']);
    again.finish('3');
  });

  test(`a message of QoS 2 is the broker's until it is handled, ${over}`, options, async (t) => {
    const { cable, field, publisher, consume } = await stage(t, start);
    const link = await consume(field);
    const { got, texts, handler, finish } = gate();
    await link.subscribe(
      'test/+',
      async (message) => {
        if (message.topic === topic) await handler(message);
      },
      { qos: 2 },
    );
    await publisher.publish({ ...say('1'), qos: 2 });
    await until('it is in hand', () => got.length === 1);
    cable.cut();
    await until('it came again', () => got.length === 2);
    finish('1');
    finish('1');
    await roundTrip(link);
    cable.cut();
    await publisher.publish({ ...say('2'), qos: 2 });
    await until('the next came', () => texts().includes('2'));
    assert.deepEqual(texts(), ['1', '1', '2']);
  });

  test(`a slow handler holds up neither keepalive nor other messages, ${over}`, options, async (t) => {
    const { publisher, consume } = await stage(t, start);
    const losses: string[] = [];
    const keepalive = 1;
    const link = await consume({ keepalive, onDisconnect: ({ message }) => void losses.push(message) });
    const { got, handler, finish } = gate();
    await link.subscribe(topic, handler);
    await publisher.publish(say('slow'));
    await until('it is in hand', () => got.length === 1);
    const since = Date.now();
    await until(
      'twice the time that kills a connection has passed',
      () => Date.now() - since > 3000 * keepalive,
    );
    await publisher.publish(say('other'));
    await until('another came meanwhile', () => got.length === 2);
    finish('other');
    finish('slow');
    await roundTrip(link);
    assert.deepEqual(losses, []);
    assert.equal(
      got.every(({ duplicate }) => !duplicate),
      true,
    );
  });

  test(`what came before its subscriber waits for it, ${over}`, options, async (t) => {
    const { publisher, consume } = await stage(t, start);
    const first = await consume();
    await first.subscribe(topic, async () => {});
    await first.close();
    for (const text of ['1', '2', '3']) await publisher.publish(say(text));
    const link = await consume();
    assert.equal(link.sessionPresent, true);
    await until('they are held', () => link.held === 3);
    const { got, texts, handler, waiting } = gate();
    await link.subscribe(topic, handler);
    await until('they came', () => got.length === 3);
    assert.deepEqual(texts(), ['1', '2', '3']);
    for (const { done } of waiting) done();
  });

  test(`beyond maxHeld messages stay with the broker, and each comes once, ${over}`, options, async (t) => {
    const { publisher, consume } = await stage(t, start);
    const size = 400;
    const maxHeld = 1000;
    const losses: string[] = [];
    const link = await consume({ maxHeld, onDisconnect: ({ code }) => void losses.push(code) });
    const { texts, handler, waiting } = gate();
    let most = 0;
    await link.subscribe(topic, (message) => {
      most = Math.max(most, link.held);
      return handler(message);
    });
    const names = Array.from({ length: 9 }, (_, i) => String(i).padEnd(size));
    for (const text of names) await publisher.publish(say(text));
    await until('the bound is reached', () => waiting.length === 2);
    await until('all came', () => {
      for (const { done } of waiting.splice(0)) done();
      return texts().length >= names.length;
    });
    await until('all are done', () => {
      for (const { done } of waiting.splice(0)) done();
      return link.held === 0;
    });
    assert.deepEqual(texts(), names);
    assert.ok(most <= maxHeld, `held ${most}`);
    assert.deepEqual([...new Set(losses)], ['FACEPIPE_E_HELD_FULL']);
  });
}

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
