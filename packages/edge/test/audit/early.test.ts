import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EarlyIds } from '../../dist/audit/early.js';

test('an id is taken once, by its device', () => {
  const early = new EarlyIds(100);
  early.add('a', '1');
  early.add('a', '1');
  assert.deepEqual([early.size, early.take('b', '1'), early.take('a', '2')], [1, false, false]);
  assert.deepEqual([early.take('a', '1'), early.take('a', '1'), early.size], [true, false, 0]);
});

test('one device that names many ids loses its own, the oldest first', () => {
  const early = new EarlyIds(100);
  early.add('a', 'mine');
  for (let n = 0; n < 1000; n++) early.add('b', `${n}`);
  assert.equal(early.size, 11);
  assert.deepEqual(
    [early.take('a', 'mine'), early.take('b', '989'), early.take('b', '990')],
    [true, false, true],
  );
});

test('many devices push out the one that was silent for longest', () => {
  const early = new EarlyIds(100);
  for (let n = 0; n < 5; n++) early.add('a', `${n}`);
  for (let device = 0; device < 1000; device++) {
    if (device % 10 === 0) early.add('b', `${device}`);
    early.add(`stranger ${device}`, '1');
  }
  assert.equal(early.size, 100);
  assert.equal(early.take('a', '4'), false);
  assert.equal(early.take('b', '990'), true);
});
