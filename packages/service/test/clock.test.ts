import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, timeoutSignal } from '../dist/clock.js';

test('a sleep ends early when it is aborted, also beforehand', async () => {
  const asked = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, asked.signal);
  asked.abort();
  await sleeping;
  await systemClock.sleep(3_600_000, asked.signal);
  await systemClock.sleep(1);
});

test('sixty days are sixty days', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const day = 86_400_000;
  let awake = false;
  const sleeping = systemClock.sleep(60 * day).then(() => {
    awake = true;
  });
  const over = timeoutSignal(60 * day);
  for (let days = 0; days < 59; days++) t.mock.timers.tick(day);
  await new Promise(setImmediate);
  assert.deepEqual([awake, over.aborted], [false, false]);
  // a timer that is set within a tick begins at its end: each of the pieces may take a day more here
  for (let days = 0; days < 4; days++) t.mock.timers.tick(day);
  await sleeping;
  assert.equal(over.aborted, true);
});
