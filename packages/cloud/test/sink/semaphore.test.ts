import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Semaphore } from '../../dist/sink/semaphore.js';

test('never more than the limit, in order, and places come back after failures', async () => {
  const places = new Semaphore(2);
  const { signal } = new AbortController();
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const work = Array.from({ length: 5 }, (_, n) =>
    places.run(async () => {
      started.push(n);
      await new Promise<void>((resolve) => finish.push(resolve));
      if (n === 0) throw new Error('first');
    }, signal),
  );
  assert.deepEqual(started, [0, 1]);
  assert.equal(places.running, 2);
  finish[0]?.();
  await assert.rejects(work[0] ?? assert.fail(), /first/);
  assert.deepEqual(started, [0, 1, 2]);
  for (const n of [1, 2, 3, 4]) {
    finish[n]?.();
    await work[n];
  }
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
  assert.equal(places.running, 0);
});

test('aborting rejects who waits, not who works', async () => {
  const places = new Semaphore(1);
  const stop = new AbortController();
  let finish = () => {};
  const working = places.run(
    () => new Promise<string>((resolve) => (finish = () => resolve('done'))),
    stop.signal,
  );
  const waiting = places.run(async () => assert.fail('never'), stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);
  await assert.rejects(
    places.run(async () => assert.fail('never'), stop.signal),
    /stopped/,
  );
  finish();
  assert.equal(await working, 'done');
  assert.equal(places.running, 0);
});
