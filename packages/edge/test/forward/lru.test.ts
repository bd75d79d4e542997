import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lru } from '../../dist/forward/lru.js';

test('what was used longest ago makes room', () => {
  const forgotten: string[] = [];
  const lru = new Lru<string, number>(2, (key, value) => forgotten.push(`${key}${value}`));
  lru.set('a', 1);
  lru.set('b', 2);
  assert.equal(lru.get('a'), 1);
  lru.set('c', 3);
  assert.deepEqual(
    [[...lru], forgotten],
    [
      [
        ['a', 1],
        ['c', 3],
      ],
      ['b2'],
    ],
  );
  lru.set('a', 4);
  assert.deepEqual([lru.size, lru.has('b'), lru.get('b'), lru.get('a')], [2, false, undefined, 4]);
  assert.ok(lru.delete('a') && !lru.delete('a'));
});
