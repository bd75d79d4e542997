import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireError } from '../../dist/errors.js';
import { Contention, type Loss } from '../../dist/link/contention.js';

const takeover = wireError('FACEPIPE_E_SESSION_TAKEN_OVER', { broker: 'b' });
const lost = wireError('FACEPIPE_E_BROKER_LOST', { broker: 'b', reason: 'it was closed' });

function open() {
  const contention = new Contention('b');
  const judge = (loss: Partial<Loss>) =>
    contention.judge({ reason: takeover, hungUp: false, lasted: 1000, ...loss });
  return { contention, judge };
}

test('a rival is told at once, as one from the third time on, and then at growing intervals', () => {
  const { contention, judge } = open();
  const told: (string | undefined)[] = [];
  for (let n = 1; n <= 30; n++) told.push(judge({})?.code);
  const times = told.flatMap((code, i) => (code === undefined ? [] : [[i + 1, code]]));
  assert.deepEqual(times, [
    [1, 'FACEPIPE_E_SESSION_TAKEN_OVER'],
    [3, 'FACEPIPE_E_CLIENT_ID_SHARED'],
    [9, 'FACEPIPE_E_CLIENT_ID_SHARED'],
    [27, 'FACEPIPE_E_CLIENT_ID_SHARED'],
  ]);
  assert.match(contention.fault(0)?.message ?? '', /throw each other out at b, 30 times/);
  assert.ok(contention.fault(59_999) && !contention.fault(60_000), 'over when a connection lasts');
});

test('between two takeovers other losses are told as what they are', () => {
  const { judge } = open();
  judge({});
  assert.equal(judge({ reason: lost, hungUp: true }), lost);
  assert.equal(judge({}), undefined);
});

test('pauses grow with the rounds, and an hour of peace ends the story', () => {
  const { contention, judge } = open();
  for (let n = 1; n <= 4; n++) judge({});
  assert.equal(contention.attempt, 3);
  assert.equal(judge({ lasted: 3_600_000 }), takeover);
  assert.deepEqual([contention.attempt, contention.fault(0)], [0, undefined]);
});

test('a broker that lets in and hangs up without a word, three times, may be telling of a rival', () => {
  const { contention, judge } = open();
  const hangUp = (lasted = 5000) => judge({ reason: lost, hungUp: true, lasted })?.code;
  assert.deepEqual(
    [hangUp(), hangUp(), contention.fault(0)],
    ['FACEPIPE_E_BROKER_LOST', 'FACEPIPE_E_BROKER_LOST', undefined],
  );
  assert.equal(hangUp(), 'FACEPIPE_E_BROKER_HANGS_UP');
  assert.deepEqual([contention.attempt, contention.fault(0)?.code], [0, 'FACEPIPE_E_BROKER_HANGS_UP']);
  assert.equal(hangUp(), 'FACEPIPE_E_BROKER_LOST', 'each loss is told, and the guess now and then');
  assert.equal(contention.attempt, 1);
  assert.equal(hangUp(60_000), 'FACEPIPE_E_BROKER_LOST');
  assert.deepEqual([contention.attempt, contention.fault(0)], [0, undefined]);
});

test('a connection that breaks, as networks do, is no rival', () => {
  const { contention, judge } = open();
  for (let n = 0; n < 10; n++) assert.equal(judge({ reason: lost }), lost);
  assert.deepEqual([contention.attempt, contention.fault(0)], [0, undefined]);
});
