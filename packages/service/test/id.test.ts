import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTime } from 'ulid';
import { isId, newId } from '../dist/id.js';

test('ids ascend, within a millisecond too, and tell the time', () => {
  const before = Date.now();
  const ids = Array.from({ length: 5000 }, () => newId());
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every(isId));
  const [first = ''] = ids;
  assert.ok(decodeTime(first) >= before && decodeTime(first) <= Date.now());
});

test('only the canonical spelling is an id', () => {
  assert.ok(isId('7ZZZZZZZZZZZZZZZZZZZZZZZZZ'));
  const id = newId();
  for (const text of [
    id.toLowerCase(),
    `${id}\n`,
    id.slice(1),
    '8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    id.replace(/.$/, 'O'),
    '',
  ]) {
    assert.ok(!isId(text), text);
  }
});
