import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DroppedRanges, joinRanges } from '../../dist/spool/range.js';

const range = (broker: string, from: number, to: number, reason: 'full' | 'expired' = 'full') => ({
  broker,
  from,
  to,
  reason,
});

test('ranges join where they touch, by broker and reason', () => {
  const ranges = [
    range('b', 4, 6),
    range('a', 5, 9),
    range('a', 1, 4),
    range('a', 11, 12),
    range('b', 7, 8, 'expired'),
  ];
  assert.deepEqual(joinRanges(ranges), [
    range('a', 1, 9),
    range('a', 11, 12),
    range('b', 4, 6),
    range('b', 7, 8, 'expired'),
  ]);
  assert.deepEqual(joinRanges([]), []);
});

test('a dropped face extends the range before it, and a frozen range no more', () => {
  const ranges = new DroppedRanges([range('a', 1, 3)]);
  assert.deepEqual(ranges.add('a', 4, 'full'), range('a', 4, 4));
  assert.deepEqual(ranges.add('a', 5, 'full'), range('a', 4, 5));
  assert.deepEqual(ranges.add('a', 7, 'full'), range('a', 7, 7));
  const frozen = ranges.freeze();
  assert.deepEqual(ranges.add('a', 8, 'full'), range('a', 8, 8));
  for (const told of frozen) ranges.remove(told);
  assert.deepEqual(ranges.freeze(), [range('a', 8, 8)]);
});
