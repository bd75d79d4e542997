import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../dist/backoff.js';

test('waits double up to half a minute, with full jitter above a quarter of a second', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => backoff(attempt, 1));
  assert.deepEqual(longest, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(backoff(3, 0.5), 4000);
  assert.deepEqual(
    [0, 5, 1000].map((attempt) => backoff(attempt, 0)),
    [250, 250, 250],
  );
});
