import assert from 'node:assert/strict';
import { test } from 'node:test';
import { droppedKey, entryKey, rangeIn, seqOf, stateKey } from '../../dist/spool/key.js';

test('keys sort as their seqs, up to the largest', () => {
  const seqs = [1, 9, 10, 255, 256, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const keys = seqs.map(entryKey);
  assert.deepEqual([...keys].sort(), keys);
  assert.deepEqual(keys.map(seqOf), seqs);
});

test('a range is found again in its key, and nothing else is one', () => {
  const range = { broker: 'mqtt://a/b', reason: 'full', from: 300 } as const;
  assert.deepEqual(rangeIn(droppedKey(range)), range);
  assert.equal(seqOf(droppedKey(range)), Number.NaN);
  for (const key of [stateKey, entryKey(1), 'dropped/1/full', 'dropped/00000000000001/lost/a'])
    assert.equal(rangeIn(key), undefined, key);
});
