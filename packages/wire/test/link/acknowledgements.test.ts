import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Acknowledgements } from '../../dist/link/acknowledgements.js';

test('acknowledgements leave in the order of arrival, each once', () => {
  const owed = new Acknowledgements();
  const [a, b, c] = [7, 3, 9].map((id) => owed.arrive(id, 'puback')) as [never, never, never];
  const ids = (ticket: never) => owed.finish(ticket).map(({ packetId }) => packetId);
  assert.deepEqual(ids(b), []);
  assert.equal(owed.size, 3);
  assert.deepEqual(ids(a), [7, 3]);
  assert.equal(owed.size, 1);
  assert.deepEqual(ids(c), [9]);
  assert.equal(owed.size, 0);
});

test('what was discarded never leaves', () => {
  const owed = new Acknowledgements();
  const stale = owed.arrive(1, 'puback');
  owed.discard();
  const fresh = owed.arrive(1, 'puback');
  assert.deepEqual(owed.finish(stale), []);
  assert.deepEqual(owed.finish(fresh), [fresh]);
});
