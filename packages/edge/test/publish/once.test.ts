import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Once } from '../../dist/publish/once.js';

test('a face counts once, until it is done with', () => {
  const once = new Once(() => true);
  assert.deepEqual([once.count(1), once.count(1), once.count(2)], [true, false, true]);
  once.forget(1);
  assert.deepEqual([once.count(1), once.size], [true, 2]);
});

test('faces that left the spool without a word are forgotten, those in it are not', () => {
  let oldest = 0;
  const once = new Once((seq) => seq >= oldest);
  for (let seq = 1; seq <= 100_000; seq++) {
    oldest = seq - 100;
    assert.ok(once.count(seq));
    assert.equal(once.count(Math.max(1, seq - 50)), false);
    assert.ok(once.size <= 1001, `${once.size}`);
  }
  oldest = 0;
  for (let seq = 100_001; seq <= 105_000; seq++) once.count(seq);
  assert.ok(once.size > 5000, 'a large spool has many');
});
