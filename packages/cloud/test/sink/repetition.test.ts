import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@facepipe/service';
import PQueue from 'p-queue';
import { Repetition, type Sort } from '../../dist/sink/repetition.js';
import { StoreWatch } from '../../dist/sink/store-watch.js';
import type { WritableStore } from '../../dist/store/store.js';

/** A clock whose sleeps are over at once, after the work of the moment, and take their time all the same. */
function setUp(answers: () => boolean = () => false, places = 8) {
  const stop = new AbortController();
  let time = 0;
  let asked = 0;
  const clock: Clock = {
    now: () => 0,
    elapsed: () => time,
    sleep: async (ms) => {
      await new Promise((resolve) => setImmediate(resolve));
      time += Math.max(ms, 1000);
    },
  };
  const store: WritableStore = {
    url: 'x',
    check: async () => {},
    put: async () => 'stored',
    close: async () => {},
  };
  const watch = new StoreWatch(store, clock, stop.signal);
  const repetition = new Repetition({
    places: new PQueue({ concurrency: places }),
    watch,
    clock,
    signal: stop.signal,
    ask: async () => {
      asked += 1;
      return answers();
    },
    onRetry: () => {},
  });
  return { repetition, watch, stop, now: () => time, asked: () => asked };
}

const refused = (): Sort => ({ failing: 'refused', known: false });
const fail = async (): Promise<never> => {
  throw new Error('no');
};

test('work is repeated until it is done', async () => {
  const { repetition, watch } = setUp();
  let left = 5;
  const run = async () => (left-- > 0 ? fail() : 'done');
  assert.deepEqual(await repetition.until({ run, sort: refused }), { done: 'done' });
  assert.equal(watch.fault, undefined);
});

test('what fails while others pass is given up, and is the store’s fault no longer', async () => {
  const { repetition, watch, now, asked } = setUp();
  const run = async () => {
    repetition.pass();
    return fail();
  };
  const { error } = (await repetition.until({ run, sort: refused })) as { error: Error };
  assert.equal(error.message, 'no');
  assert.ok(now() >= 15_000, 'not at once');
  assert.equal(watch.fault, undefined);
  assert.equal(asked(), 0);
});

test('in an outage nothing is given up, however long it is; only the end ends it', async () => {
  const { repetition, watch, stop, now, asked } = setUp();
  const run = async () => {
    if (now() > 24 * 3600_000) stop.abort();
    return fail();
  };
  await assert.rejects(repetition.until({ run, sort: refused }), /no/);
  assert.ok(asked() > 100, 'the store was asked now and then');
  assert.ok(asked() < (24 * 3600) / 15 + 2, 'and not all the time');
  assert.equal(watch.fault, undefined);
});

test('a store that takes something of its own takes others, too', async () => {
  const { repetition, now, asked } = setUp(() => true);
  assert.ok('error' in (await repetition.until({ run: fail, sort: refused })));
  assert.ok(now() >= 75_000 && asked() >= 2, `after ${now()} ms and ${asked()} questions`);
});

test('what is everybody’s fault is not given up even if others pass', async () => {
  const { repetition, stop, now } = setUp(() => true);
  const run = async () => {
    repetition.pass();
    if (now() > 24 * 3600_000) stop.abort();
    return fail();
  };
  await assert.rejects(repetition.until({ run, sort: () => ({ failing: undefined, known: false }) }), /no/);
});

test('what is known is given up at once', async () => {
  const { repetition, now, asked } = setUp();
  assert.ok('error' in (await repetition.until({ run: fail, sort: () => ({ ...refused(), known: true }) })));
  assert.deepEqual([now(), asked()], [0, 0]);
});

test('what waits for its next attempt takes no place', async () => {
  const { repetition, stop } = setUp(() => false, 1);
  const failing = Array.from({ length: 50 }, () => repetition.until({ run: fail, sort: refused }));
  assert.deepEqual(await repetition.until({ run: async () => 'passes', sort: refused }), { done: 'passes' });
  stop.abort();
  for (const { status } of await Promise.allSettled(failing)) assert.equal(status, 'rejected');
});

test('no more attempts at once than there are places, in order; a pause takes none', async () => {
  const { repetition } = setUp(undefined, 2);
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const task = (n: number) => ({
    run: async () => {
      started.push(n);
      await new Promise<void>((resolve) => finish.push(resolve));
      if (n === 0 && started.filter((other) => other === 0).length === 1) throw new Error('once');
      return n;
    },
    sort: refused,
  });
  const work = [0, 1, 2, 3].map((n) => repetition.until(task(n)));
  const turns = async (count: number) => {
    while (started.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  await turns(2);
  assert.deepEqual(started, [0, 1]);
  for (let ended = 0; ended < 5; ended++) {
    await turns(Math.min(5, ended + 2));
    finish[ended]?.();
  }
  assert.deepEqual(await Promise.all(work), [{ done: 0 }, { done: 1 }, { done: 2 }, { done: 3 }]);
  assert.deepEqual(started, [0, 1, 2, 3, 0]);
});

test('the end rejects what waits for a place, and never begins it', async () => {
  const { repetition, stop } = setUp(undefined, 1);
  let finish = () => {};
  const working = repetition.until({
    run: () => new Promise<string>((resolve) => (finish = () => resolve('done'))),
    sort: refused,
  });
  const waiting = repetition.until({ run: async () => assert.fail('never'), sort: refused });
  const rejected = assert.rejects(waiting, /stopped/);
  stop.abort(new Error('stopped'));
  finish();
  assert.deepEqual(await working, { done: 'done' });
  await rejected;
});
