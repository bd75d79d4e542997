import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOf, droppedKey, entryKey, seqOf, stateKey } from './key.js';

test('keys sort as their seqs, up to the largest', () => {
  const seqs = [1, 9, 10, 255, 256, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const keys = seqs.map(entryKey);
  assert.deepEqual([...keys].sort(), keys);
  assert.deepEqual(keys.map(seqOf), seqs);
});

test('a kind holds its own keys and no others', () => {
  const dropped = droppedKey({ broker: 'mqtt://a/b', reason: 'full', from: 1, to: 2 });
  const keys = { entry: entryKey(2 ** 53 - 1), dropped };
  for (const kind of ['entry', 'dropped'] as const) {
    const { gte, lt } = allOf(kind);
    const inside = [stateKey, ...Object.values(keys)].filter((key) => key >= gte && key < lt);
    assert.deepEqual(inside, [keys[kind]]);
  }
});
