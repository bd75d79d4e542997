import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@facepipe/service';
import { Receipts } from '../../dist/sink/receipts.js';

/** Time that passes when told to. */
function stoppedClock(): Clock & { pass(): Promise<void>; waits: number[] } {
  let wake: (() => void)[] = [];
  const waits: number[] = [];
  return {
    waits,
    now: () => 0,
    elapsed: () => 0,
    sleep: (ms) => {
      waits.push(ms);
      return new Promise((resolve) => wake.push(resolve));
    },
    pass: async () => {
      const waking = wake;
      wake = [];
      for (const one of waking) one();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function gathered(clock: Clock, fail: () => boolean = () => false) {
  const sent: [string, string[]][] = [];
  const receipts = new Receipts(async (device, { ids }) => {
    if (fail()) throw new Error('refused');
    sent.push([device, ids]);
  }, clock);
  return { receipts, sent };
}

test('ids are gathered for 200 ms, per device', async () => {
  const clock = stoppedClock();
  const { receipts, sent } = gathered(clock);
  receipts.stored('a', '1');
  receipts.stored('b', '2');
  receipts.stored('a', '3');
  assert.deepEqual(sent, []);
  await clock.pass();
  assert.deepEqual(sent, [
    ['a', ['1', '3']],
    ['b', ['2']],
  ]);
  assert.deepEqual(clock.waits, [200]);
});

test('a hundred ids go at once', () => {
  const { receipts, sent } = gathered(stoppedClock());
  for (let n = 0; n < 250; n++) receipts.stored('a', `${n}`);
  assert.deepEqual(
    sent.map(([, ids]) => ids.length),
    [100, 100],
  );
});

test('a receipt that is refused is sent again, with a growing pause, and none is lost', async () => {
  const clock = stoppedClock();
  let failures = 3;
  const { receipts, sent } = gathered(clock, () => failures-- > 0);
  for (let n = 0; n < 150; n++) receipts.stored('a', `${n}`);
  for (let n = 0; n < 5; n++) await clock.pass();
  const ids = sent.flatMap(([, ids]) => ids);
  assert.deepEqual(
    ids.map(Number).sort((a, b) => a - b),
    Array.from({ length: 150 }, (_, n) => n),
  );
  assert.ok(clock.waits.slice(1).every((ms) => ms >= 250));
});

test('what waits is bounded: the oldest go', async () => {
  const clock = stoppedClock();
  let broken = true;
  const { receipts, sent } = gathered(clock, () => broken);
  for (let n = 0; n < 12_000; n++) receipts.stored(n % 2 ? 'a' : 'b', `${n}`);
  await clock.pass();
  await clock.pass();
  broken = false;
  for (let n = 0; n < 5; n++) await clock.pass();
  const ids = sent.flatMap(([, ids]) => ids);
  assert.equal(ids.length, 10_000);
  assert.equal(new Set(ids).size, 10_000);
});

test('a device whose receipts are refused holds up those of no other, and pushes none of them out', async () => {
  const clock = stoppedClock();
  const sent: [string, number][] = [];
  const receipts = new Receipts(async (device, { ids }) => {
    if (device === 'door') throw new Error('refused');
    sent.push([device, ids.length]);
  }, clock);
  for (let n = 0; n < 12_000; n++) receipts.stored('door', `${n}`);
  for (let n = 0; n < 20; n++) await clock.pass();
  clock.waits.length = 0;
  receipts.stored('window', '1');
  assert.deepEqual(clock.waits, [200], 'no longer than ever');
  await clock.pass();
  assert.deepEqual(sent, [['window', 1]]);
  for (let n = 0; n < 250; n++) receipts.stored('window', `${n}`);
  await clock.pass();
  assert.equal(
    sent.reduce((sum, [, ids]) => sum + ids, 0),
    251,
  );
});

test('in a hurry everything goes at once, and after stop nothing', () => {
  const { receipts, sent } = gathered(stoppedClock());
  receipts.stored('a', '1');
  receipts.hurry();
  receipts.stored('a', '2');
  assert.deepEqual(sent, [
    ['a', ['1']],
    ['a', ['2']],
  ]);
});

test('the dead travel with the stored, under their own name', async () => {
  const clock = stoppedClock();
  const sent: unknown[] = [];
  const receipts = new Receipts(async (...batch) => void sent.push(batch), clock);
  const dead = { id: '2', reason: 'too-large', sha256: 'x' };
  receipts.stored('a', '1');
  receipts.died('a', dead);
  receipts.stored('a', '3');
  await clock.pass();
  assert.deepEqual(sent, [['a', { ids: ['1', '3'], dead: [dead] }]]);
});

test('what waits is bounded while nothing fails, and while a broker leaves receipts without an answer', async () => {
  const clock = stoppedClock();
  const batches: string[][] = [];
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const receipts = new Receipts((_, { ids }) => {
    batches.push(ids);
    return answered;
  }, clock);
  for (let n = 0; n < 30_000; n++) {
    receipts.stored(`d${n % 7}`, `${n}`);
    if (n % 1000 === 0) await clock.pass();
  }
  await clock.pass();
  const flying = batches.flat().length;
  assert.ok(flying <= 10_000, `${flying}`);
  answer();
  for (let n = 0; n < 5; n++) await clock.pass();
  assert.ok(batches.flat().length <= 20_000);
  receipts.stored('d0', 'the last');
  for (let n = 0; n < 5; n++) await clock.pass();
  assert.ok(batches.flat().includes('the last'), 'there is room again');
});
