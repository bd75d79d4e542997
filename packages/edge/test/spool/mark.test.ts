import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMark, latestMark, markName } from '../../dist/spool/mark.js';

const mark = { stream: '01JD0000000000000000000000', files: 3, first: 11, seq: 80 };

test('a mark is found again in the name of its file', () => {
  assert.equal(formatMark(mark), 'mark-01JD0000000000000000000000-3-11-80');
  assert.deepEqual(latestMark(['CURRENT', formatMark(mark), 'reserve']), mark);
  assert.equal(latestMark(['CURRENT', 'segment-00000001']), undefined);
});

test('of several marks the latest counts', () => {
  const older = { ...mark, first: 2, seq: 79 };
  const same = { ...mark, first: 12 };
  assert.deepEqual(latestMark([older, same, mark].map(formatMark)), same);
});

test('what is not written so is no mark', () => {
  for (const name of ['mark', 'mark-1-2-3', `${formatMark(mark)}-1`, formatMark({ ...mark, stream: 'x' })])
    assert.doesNotMatch(name, markName);
});
