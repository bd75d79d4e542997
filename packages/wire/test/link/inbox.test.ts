import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inbox } from '../../dist/link/inbox.js';
import type { IncomingMessage, QoS } from '../../dist/message/message.js';

const say = (topic: string, size = 1, qos: QoS = 1): IncomingMessage => ({
  topic,
  payload: Buffer.alloc(size),
  qos,
  retain: false,
  duplicate: false,
  userProperties: {},
});
const open = () => new Inbox(100, 60_000, async () => assert.fail());

test('a message goes to every handler that matches, and is done when all are', async () => {
  const inbox = open();
  const calls: string[] = [];
  let finish: () => void = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  inbox.handle('a/+', async () => void calls.push('first'));
  inbox.handle('$share/g/a/#', () => slow.then(() => void calls.push('second')));
  inbox.handle('b', async () => assert.fail());
  const handled = inbox.receive(say('a/b'));
  assert.equal(inbox.held, 1);
  assert.equal(inbox.idle, false);
  finish();
  await handled;
  assert.deepEqual([calls, inbox.held, inbox.idle], [['first', 'second'], 0, true]);
});

test('a handler that throws at once has failed, after the others are done', async () => {
  const inbox = open();
  let done = false;
  inbox.handle('a', () => {
    throw new Error('no');
  });
  inbox.handle('+', async () => {
    await new Promise(setImmediate);
    done = true;
  });
  await assert.rejects(inbox.receive(say('a')) ?? Promise.resolve(), { message: 'no' });
  assert.ok(done);
});

test('nothing passes a message that was left to the broker, until the connection is new', async () => {
  const inbox = open();
  const waiting: (() => void)[] = [];
  inbox.handle('#', () => new Promise((resolve) => waiting.push(resolve)));
  const first = inbox.receive(say('a', 1000));
  assert.ok(first, 'a single message may exceed the bound');
  assert.equal(inbox.receive(say('b', 1, 0)), undefined);
  assert.equal(inbox.receive(say('c')), undefined);
  for (const finish of waiting) finish();
  await first;
  assert.equal(inbox.receive(say('d')), undefined);
  inbox.reset();
  assert.ok(inbox.receive(say('c')));
});

test('a message without a subscriber waits for one, is dropped at QoS 0 or when its filter was left', async () => {
  const inbox = open();
  await inbox.receive(say('a', 1, 0));
  const parked = inbox.receive(say('a'));
  assert.deepEqual([inbox.held, inbox.parked, inbox.idle], [1, 1, true]);
  const got: string[] = [];
  inbox.handle('a', async ({ topic }) => void got.push(topic));
  await parked;
  assert.deepEqual(got, ['a']);
  inbox.leave('a');
  await inbox.receive(say('a'));
  assert.deepEqual([got.length, inbox.held, inbox.parked], [1, 0, 0]);
});

test('a message nobody asks for waits until its timeout, and then holds nobody up', async () => {
  const strays: string[] = [];
  const inbox = new Inbox(100, 1, async ({ topic }) => void strays.push(topic));
  const early = inbox.receive(say('stale/one'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(strays, [], 'the timeout begins with the first connection');
  inbox.begin();
  await early;
  await inbox.receive(say('stale/two'));
  assert.deepEqual([strays, inbox.held, inbox.parked], [['stale/one', 'stale/two'], 0, 0]);
  const late: string[] = [];
  inbox.handle('late', async ({ topic }) => void late.push(topic));
  await inbox.receive(say('late'));
  assert.deepEqual(late, ['late'], 'who subscribes later is served all the same');
});

test('what waits for a handler is bounded by its bytes, however little of them is payload', async () => {
  const inbox = new Inbox(2 ** 30, 60_000, async () => assert.fail());
  const topic = `stale/${'x'.repeat(60_000)}`;
  let taken = 0;
  while (inbox.receive(say(topic, 0))) taken++;
  assert.ok(taken > 100 && taken < 400, `${taken} messages wait`);
  assert.equal(inbox.receive(say('wanted')), undefined, 'nothing passes what was left to the broker');
  inbox.reset();
  assert.ok(inbox.receive(say(topic, 0)), 'the next connection brings them again');
});

test('each message finds its own of 20,000 topics, and of those that were left the latest are known', async () => {
  const inbox = open();
  const calls: string[] = [];
  for (let n = 0; n < 20_000; n++) inbox.handle(`a/${n}`, async () => void calls.push(`${n}`));
  inbox.handle('a/+', async () => void calls.push('+'));
  await inbox.receive(say('a/7'));
  assert.deepEqual(calls, ['+', '7']);
  inbox.leave('a/+');
  for (let n = 0; n < 20_000; n++) inbox.leave(`a/${n}`);
  await inbox.receive(say('a/19999'));
  void inbox.receive(say('a/7'));
  assert.deepEqual([calls.length, inbox.parked], [2, 1]);
  inbox.reset();
});

test('messages without a byte of payload are bounded too, by what they take besides', async () => {
  const inbox = new Inbox(2 ** 30, 60_000, async () => assert.fail());
  const waiting: (() => void)[] = [];
  inbox.handle('#', () => new Promise((resolve) => waiting.push(resolve)));
  let taken = 0;
  while (inbox.receive(say('a', 0))) taken++;
  assert.ok(taken > 10_000 && taken < 17_000, `${taken} without a payload`);
  assert.deepEqual([inbox.held, inbox.drained], [0, false]);
  inbox.reset();
  assert.equal(inbox.receive(say('a', 0)), undefined, 'while none is done, one more is too many');
  for (const finish of waiting.splice(0)) finish();
  await new Promise(setImmediate);
  assert.equal(inbox.drained, true);
  inbox.reset();
  taken = 0;
  const wordy = { ...say('a', 0), userProperties: { note: 'x'.repeat(60_000) } };
  while (inbox.receive(wordy)) taken++;
  assert.ok(taken > 300 && taken < 600, `${taken} with 60 kB of properties`);
});
