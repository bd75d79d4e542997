import { test } from 'node:test';
import { systemClock } from './clock.js';

test('a sleep ends early when it is aborted, also beforehand', async () => {
  const asked = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, asked.signal);
  asked.abort();
  await sleeping;
  await systemClock.sleep(3_600_000, asked.signal);
  await systemClock.sleep(1);
});
