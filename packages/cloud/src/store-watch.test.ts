import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@facepipe/wire';
import type { Store } from './store.js';
import { StoreWatch } from './store-watch.js';

/** A store that is asked only, and a clock that jumps to the end of each sleep once the test lets it. */
function setUp() {
  const stop = new AbortController();
  let time = 0;
  let fault: Error | undefined;
  let asked = 0;
  let go = () => {};
  const clock: Clock = {
    now: () => time,
    sleep: (ms) =>
      new Promise((resolve) => {
        go = () => {
          time += ms;
          resolve();
        };
      }),
  };
  const store: Store = {
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
