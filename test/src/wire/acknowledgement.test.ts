import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate, roundTrip, say, stage, timeout, topic } from '../support/acknowledgement-scene.js';
import { brokers } from '../support/brokers.js';
import { until } from '../support/until.js';

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
