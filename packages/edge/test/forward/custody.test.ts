import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutgoingMessage } from '@facepipe/wire';
import { Custody } from '../../dist/forward/custody.js';

const say = (text: string): OutgoingMessage => ({ topic: 'a', payload: Buffer.from(text) });
const read = (next: ReturnType<Custody['next']>) =>
  next && `${next.device} ${next.message.payload} ${next.wait}`;

function open(most?: number) {
  const clock = { time: 0, elapsed: () => clock.time };
  return { clock, custody: new Custody(clock, () => 1, most) };
}

test('the pauses between trials grow from one second to five minutes, each with another message', () => {
  const { clock, custody } = open();
  assert.equal(custody.next(), undefined);
  const [one, two] = [say('one'), say('two')];
  custody.keep('log', one);
  custody.keep('log', two);
  const asked: string[] = [];
  for (let n = 0; n < 12; n++) {
    const next = custody.next();
    assert.ok(next);
    asked.push(`${next.message.payload} ${next.wait / 1000}`);
    clock.time += next.wait;
    custody.failed(next.device, next.message, false);
  }
  assert.deepEqual(asked.slice(0, 4), ['one 1', 'two 2', 'one 4', 'two 8']);
  assert.deepEqual(asked.slice(-2), ['one 300', 'two 300']);
});

test('when the target takes one the others follow at once, and nothing is left', () => {
  const { clock, custody } = open();
  const [one, two] = [say('one'), say('two')];
  for (const message of [one, two]) custody.keep('log', message);
  clock.time = 1000;
  custody.failed('log', one, false);
  custody.failed('log', two, false);
  custody.passed('log', one);
  assert.equal(read(custody.next()), 'log two 0');
  custody.passed('log', two);
  assert.deepEqual([custody.next(), custody.bytes, custody.welcome('log')], [undefined, 0, false]);
});

test('what ends connections is dropped, and the pause stays', () => {
  const { custody } = open();
  const [one, two] = [say('one'), say('two')];
  custody.keep('log', one);
  custody.failed('log', one, true);
  assert.deepEqual([custody.next(), custody.bytes], [undefined, 0]);
  custody.keep('log', two);
  assert.equal(read(custody.next()), 'log two 30000');
});

test('a device whose messages pass is asked for at once', () => {
  const { custody } = open();
  custody.keep('log', say('one'));
  custody.keep('door', say('other'));
  assert.equal(custody.welcome('door'), true);
  assert.equal(read(custody.next()), 'door other 0');
});

test('beyond its bound the oldest goes of the device that has most', () => {
  const { custody } = open(10_000);
  custody.keep('door', say('face'));
  for (let n = 0; n < 100; n++) custody.keep('flood', say(`${n}`));
  assert.ok(custody.bytes <= 10_000);
  custody.welcome('door');
  assert.equal(read(custody.next()), 'door face 0');
  custody.forget('flood');
  custody.forget('door');
  assert.deepEqual([custody.next(), custody.bytes], [undefined, 0]);
});
