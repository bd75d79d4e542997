import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doubtOf } from '../../dist/spool/doubt.js';
import type { Inventory } from '../../dist/spool/inventory.js';
import type { Mark } from '../../dist/spool/mark.js';
import { sumOf } from '../../dist/spool/spool-entry.js';

const stream = '01JD0000000000000000000000';
const entry = (seq: number) => {
  return { seq, id: `id${seq}`, accepted: 0, owed: ['a'], segment: 2, offset: 100 * (seq - 8), bytes: 100 };
};
const entries = [entry(8), entry(9)];
const state = {
  ...{ stream, earlier: [], seq: 9, id: 'id9', faces: 2, sum: sumOf(entries), dropped: {} },
  ...{ written: { segment: 2, end: 200 }, time: 0, wall: 0, counted: 0 },
};
const whole: Inventory = { state, entries, ranges: [], foreign: 0 };
const mark: Mark = { stream, files: 2, first: 8, seq: 9 };
const sizes = new Map([
  [1, 500],
  [2, 200],
]);
const all = { segment: 0, end: 0 };
const tail = { segment: 2, end: 200 };

test('a spool as it was left is in no doubt, nor is one without its mark', () => {
  assert.equal(doubtOf(whole, sizes, mark), undefined);
  assert.equal(doubtOf(whole, sizes, undefined), undefined);
  assert.equal(doubtOf(whole, sizes, { ...mark, seq: 7 }), undefined, 'a mark that is behind');
  assert.equal(doubtOf(whole, new Map([...sizes, [3, 0]]), mark), undefined, 'a file just begun');
});

test('a flaw, or a file too short or gone, asks for all files', () => {
  assert.deepEqual(doubtOf({ ...whole, flaw: 'odd' }, sizes, mark), { from: all, reason: 'odd' });
  const { state: _, ...stateless } = whole;
  assert.deepEqual(doubtOf(stateless, sizes, mark)?.from, all);
  assert.deepEqual(doubtOf(whole, new Map([[2, 199]]), mark)?.from, all);
  assert.deepEqual(doubtOf(whole, new Map([[1, 500]]), mark)?.from, all);
  const failed = { ...whole, entries: [...entries, { ...entry(10), offset: 9999 }] };
  assert.equal(doubtOf(failed, sizes, mark), undefined, 'one of a write that failed may point anywhere');
});

test('more in the files, or by the mark, than the index knows asks for the latest', () => {
  assert.deepEqual(doubtOf(whole, new Map([[2, 201]]), mark)?.from, tail);
  assert.deepEqual(doubtOf(whole, new Map([...sizes, [5, 1]]), mark)?.from, tail);
  assert.deepEqual(doubtOf(whole, sizes, { ...mark, seq: 10 })?.from, tail);
});

test('of format 1 all beyond the last face is looked at', () => {
  const { sum, earlier, written, counted, ...old } = state;
  assert.equal(doubtOf({ ...whole, state: old }, sizes, undefined), undefined);
  assert.deepEqual(doubtOf({ ...whole, state: old }, new Map([[2, 300]]), undefined)?.from, tail);
  const empty = { ...whole, entries: [], state: { ...old, faces: 0 } };
  assert.deepEqual(doubtOf(empty, sizes, undefined)?.from, all);
});
