import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedBefore, fitting, oldestOf } from '../../dist/spool/room.js';

const faces = [10, 20, 30].map((bytes, index) => ({ seq: index + 1, bytes, accepted: index * 100 }));
const seqs = (chosen: { seq: number }[]) => chosen.map(({ seq }) => seq);

test('the oldest go, and no more than must', () => {
  assert.deepEqual(seqs(oldestOf(faces, 0)), []);
  assert.deepEqual(seqs(oldestOf(faces, -5)), []);
  assert.deepEqual(seqs(oldestOf(faces, 10)), [1]);
  assert.deepEqual(seqs(oldestOf(faces, 11)), [1, 2]);
  assert.deepEqual(seqs(oldestOf(faces, 1000)), [1, 2, 3]);
});

test('what is as old as the limit stays', () => {
  assert.deepEqual(seqs(acceptedBefore(faces, 0)), []);
  assert.deepEqual(seqs(acceptedBefore(faces, 100)), [1]);
  assert.deepEqual(seqs(acceptedBefore(faces, 101)), [1, 2]);
});

test('as many fit as do in order', () => {
  assert.equal(fitting([], 0), 0);
  assert.equal(fitting([10, 20, 5], 30), 2);
  assert.equal(fitting([10, 20, 5], 35), 3);
  assert.equal(fitting([10, 1], 9), 0);
});
