import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FacepipeError, newId } from '@facepipe/service';
import { encodeReceipt } from '@facepipe/wire';
import { Bell } from '../../dist/forward/bell.js';
import { type ForwardEvent, noTotals } from '../../dist/forward/event.js';
import type { Outcome } from '../../dist/forward/link-publisher.js';
import { Receipts, type ReceiptsOptions } from '../../dist/forward/receipts.js';
import { handClock } from '../hand-clock.js';

/** Links that are told what their brokers answer. Real ones are in the tests of the forwarder. */
function scripted(answer: () => Outcome = () => ({ order: 1, routed: true })) {
  const asked: { filter: string; refuse: (error: Error) => void; grant: () => void }[] = [];
  const left: string[] = [];
  const sent: string[] = [];
  const events: ForwardEvent[] = [];
  const totals = noTotals();
  const { clock, pass, next } = handClock();
  const options: ReceiptsOptions = {
    from: { connected: true },
    to: {
      clientId: 'me',
      subscribe: (filter) => new Promise((grant, refuse) => asked.push({ filter, grant, refuse })),
      unsubscribe: async (filter) => void left.push(filter),
    },
    publisher: {
      publish: async ({ topic }) => {
        sent.push(topic);
        return answer();
      },
    },
    totals,
    bell: new Bell(clock),
    clock,
    stopping: new AbortController().signal,
    onEvent: (event) => events.push(event),
  };
  return { asked, left, sent, events, totals, receipts: new Receipts(options), pass, next };
}
const settled = () => new Promise(setImmediate);
const receipt = (device: string) => ({
  topic: `facepipe/${device}/stored`,
  payload: encodeReceipt({ ids: [newId()] }),
  qos: 1 as const,
  retain: false,
  duplicate: false,
  userProperties: {},
});

test('each device’s receipts are subscribed to once, and the oldest of ten thousand are left', () => {
  const { asked, left, receipts } = scripted();
  for (let n = 0; n < 10_010; n++) receipts.watch(`d${n}`);
  for (let n = 10; n < 10_010; n++) receipts.watch(`d${n}`);
  assert.equal(asked.length, 10_010);
  assert.deepEqual(
    left,
    Array.from({ length: 10 }, (_, n) => `facepipe/d${n}/stored`),
  );
});

test('a subscription that is refused is told, and rests before it is asked for again', async () => {
  const { asked, events, receipts, pass } = scripted();
  const refused = async (n: number) => {
    receipts.watch('door');
    asked[n]?.refuse(new Error('no'));
    await settled();
  };
  await refused(0);
  assert.deepEqual(events, [{ type: 'stray', topic: 'facepipe/door/stored', error: new Error('no') }]);
  pass(9_999);
  receipts.watch('door');
  assert.equal(asked.length, 1);
  pass(1);
  await refused(1);
  pass(39_999);
  receipts.watch('door');
  assert.equal(asked.length, 2, 'the second rest is longer');
  pass(1);
  receipts.watch('door');
  assert.equal(asked.length, 3);
});

test('subscriptions without an answer at two losses of the connection are withdrawn', async () => {
  const { asked, left, receipts } = scripted();
  for (const device of ['a', 'b', 'c']) receipts.watch(device);
  asked[0]?.grant();
  await settled();
  receipts.lost();
  assert.deepEqual(left, []);
  receipts.lost();
  assert.deepEqual(left, ['facepipe/b/stored', 'facepipe/c/stored']);
  receipts.watch('b');
  assert.equal(asked.length, 3, 'it rests');
});

test('a receipt that the source refuses is given up, and counted', async () => {
  const { sent, events, totals, receipts } = scripted(() => ({ order: 1, error: new Error('denied') }));
  await receipts.carry(receipt('door'));
  assert.deepEqual([sent.length, totals.receipts, totals.receiptsLost], [1, 0, 1]);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['stray'],
  );
});

test('a receipt without an answer goes once more after a pause, then those of its device rest a minute', async () => {
  const error = new FacepipeError('FACEPIPE_E_PUBLISH_TIMEOUT', 4, 'no answer');
  let silent = true;
  const { sent, events, totals, receipts, pass, next } = scripted(() =>
    silent ? { order: 1, error } : { order: 1, routed: true },
  );
  const first = receipts.carry(receipt('door'));
  await settled();
  assert.equal(sent.length, 1);
  pass((next() ?? assert.fail('it waits')) - 1);
  await settled();
  assert.equal(sent.length, 1);
  pass(1);
  await first;
  assert.deepEqual([sent.length, totals.receiptsLost], [2, 1]);
  silent = false;
  pass(59_999);
  await receipts.carry(receipt('door'));
  await receipts.carry(receipt('hall'));
  assert.deepEqual([sent.length, totals.receipts, totals.receiptsLost], [3, 1, 2]);
  pass(1);
  await receipts.carry(receipt('door'));
  assert.deepEqual([sent.length, totals.receipts], [4, 2]);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['retry', 'stray', 'receipt', 'receipt'],
  );
});
