import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isId, newId } from '@facepipe/service';
import { followingId, nextId } from '../../dist/spool/next-id.js';

test('the next id is a new one, but above the last where the clock was set back', () => {
  assert.ok(isId(nextId('')));
  const ahead = '7ZZZZZZZZZ000000000000000Y';
  assert.equal(nextId(ahead, newId()), '7ZZZZZZZZZ000000000000000Z');
  assert.equal(
    nextId('01M7Z9G90AYDB297NTFDTXYXR1', '01M7Z9G90AYDB297NTFDTXYXR2'),
    '01M7Z9G90AYDB297NTFDTXYXR2',
  );
});

test('following ids ascend across carries', () => {
  assert.equal(followingId('01M7Z9G90AYDB297NTFDTXYZZZ'), '01M7Z9G90AYDB297NTFDTXZ000');
  let id = '01M7Z9G90AYDB297NTFDTXYZYX';
  for (let i = 0; i < 5000; i++) {
    const next = followingId(id);
    assert.ok(next > id && isId(next), next);
    id = next;
  }
  assert.throws(() => followingId('ZZ'), RangeError);
});
