import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemClock } from '@facepipe/service';
import { cloudError } from '../../dist/errors.js';
import { StoreWatch } from '../../dist/sink/store-watch.js';
import type { WritableStore } from '../../dist/store/store.js';

/** A store that is asked only, and a clock that jumps to the end of each sleep once the test lets it. */
function setUp() {
  const stop = new AbortController();
  let time = 0;
  let fault: Error | undefined;
  let asked = 0;
  let go = () => {};
  const clock: Clock = {
    now: () => 0,
    elapsed: () => time,
    sleep: (ms) =>
      new Promise((resolve) => {
        go = () => {
          time += ms;
          resolve();
        };
      }),
  };
  const store: WritableStore = {
    url: 'file:///nowhere',
    check: async () => {
      asked += 1;
      if (fault) throw fault;
    },
    put: async () => 'stored',
    close: async () => {},
  };
  const watch = new StoreWatch(store, clock, stop.signal);
  return {
    watch,
    stop,
    breaks: (error: Error | undefined) => (fault = error),
    asked: () => asked,
    elapse: (ms: number) => (time += ms),
    pass: async () => {
      go();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a silent store is asked every 10 s, and its fault is told until it is over', async () => {
  const { watch, stop, breaks, asked, pass } = setUp();
  const done = watch.run();
  assert.equal(watch.fault, undefined);
  breaks(new Error('away'));
  await pass();
  assert.equal(watch.fault, 'away');
  breaks(undefined);
  await pass();
  assert.equal(watch.fault, undefined);
  assert.equal(asked(), 2);
  stop.abort();
  await pass();
  await done;
});

test('a store that answers puts is not asked', async () => {
  const { watch, stop, asked, elapse, pass } = setUp();
  const done = watch.run();
  elapse(9_000);
  watch.answered();
  elapse(-9_000);
  await pass();
  assert.equal(asked(), 0);
  stop.abort();
  await pass();
  await done;
});

test('while one piece of work fails, the store is not fine, whatever else it answers', () => {
  const { watch } = setUp();
  watch.failed('one', new Error('first'));
  watch.failed('two', new Error('second'));
  watch.answered();
  assert.equal(watch.fault, 'first');
  watch.recovered('one');
  assert.equal(watch.fault, 'second');
  watch.recovered('two');
  assert.equal(watch.fault, undefined);
});

/** A watch on the real clock that counts what it tells. */
function told() {
  const news: (string | undefined)[] = [];
  const stop = new AbortController();
  const store: WritableStore = {
    url: 'x',
    check: async () => {},
    put: async () => 'stored',
    close: async () => {},
  };
  const watch = new StoreWatch(store, systemClock, stop.signal, (error) => news.push(error?.message));
  return { watch, news, stop };
}

test('an outage is told once for each reason, a single failure not at all', () => {
  const { watch, news } = told();
  watch.failed('one', new Error('slow'));
  watch.recovered('one');
  assert.deepEqual(news, []);
  for (let n = 0; n < 3; n++) for (const work of ['one', 'two']) watch.failed(work, new Error('away'));
  watch.recovered('one');
  assert.deepEqual(news, ['away']);
  watch.recovered('two');
  assert.deepEqual(news, ['away', undefined]);
  const denied = cloudError('FACEPIPE_E_STORE_BUCKET', { bucket: 'b', endpoint: 'e' });
  watch.failed('three', denied);
  assert.deepEqual(news, ['away', undefined, denied.message]);
});

test('what waits is called back as soon as anything that failed has worked', async () => {
  const { watch, stop } = told();
  watch.failed('one', new Error('away'));
  watch.failed('two', new Error('away'));
  // the pause of a 30th attempt is 15 s on average: only a call comes before the test gives up
  const waiting = Array.from({ length: 20 }, () => watch.pause(30, new Error('away')));
  watch.recovered('fine all along');
  assert.equal(await Promise.race([Promise.all(waiting), turn('still')]), 'still');
  watch.recovered('one');
  await Promise.all(waiting);
  const last = watch.pause(30, new Error('away'));
  stop.abort();
  await last;
});
