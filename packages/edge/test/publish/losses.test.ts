import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Losses } from '../../dist/publish/losses.js';

test('losses are counted by broker and reason, and each range is told once', () => {
  const losses = new Losses();
  for (const seq of [1, 2, 3]) losses.add('a', seq, 'full');
  losses.add('b', 2, 'expired');
  assert.deepEqual(losses.takeUntold(), [
    { broker: 'a', from: 1, to: 3, reason: 'full' },
    { broker: 'b', from: 2, to: 2, reason: 'expired' },
  ]);
  losses.add('a', 4, 'full');
  assert.deepEqual(losses.takeUntold(), [{ broker: 'a', from: 4, to: 4, reason: 'full' }]);
  assert.deepEqual(losses.takeUntold(), []);
  assert.deepEqual(
    [...losses.counts],
    [
      { broker: 'a', reason: 'full', faces: 4 },
      { broker: 'b', reason: 'expired', faces: 1 },
    ],
  );
  assert.equal(losses.total, 5);
});
