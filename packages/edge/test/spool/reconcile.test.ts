import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inventory } from '../../dist/spool/inventory.js';
import { type Evidence, reconcile } from '../../dist/spool/reconcile.js';
import type { SpoolEntry } from '../../dist/spool/spool-entry.js';
import type { FoundFace, Survey } from '../../dist/spool/survey.js';

const stream = '01JD0000000000000000000000';
const newStream = '01JE0000000000000000000000';
const id = (seq: number) => `id${String(seq).padStart(6, '0')}`;
const entry = (seq: number, over: Partial<SpoolEntry> = {}): SpoolEntry => {
  return { seq, id: id(seq), accepted: 10 * seq, owed: ['b'], segment: 1, offset: seq, bytes: 1, ...over };
};
const found = (seq: number, over: Partial<FoundFace> = {}): FoundFace => {
  return { seq, id: id(seq), stream, segment: 1, offset: seq, bytes: 1, ...over };
};
const surveyOf = (faces: FoundFace[], damaged = false): Survey => {
  return { faces: new Map(faces.map((face) => [face.id, face])), unnamed: new Set(), damaged };
};
const state = (seq: number) => ({
  ...{ stream, earlier: [], seq, id: id(seq), faces: 0, sum: 0, dropped: {} },
  ...{ written: { segment: 1, end: seq + 1 }, time: 0, wall: 0, counted: 0 },
});
const inventory = (seq: number, seqs: number[], over: Partial<Inventory> = {}): Inventory => {
  return { state: state(seq), entries: seqs.map((each) => entry(each)), ranges: [], foreign: 0, ...over };
};
const mark = { stream, files: 1, first: 3, seq: 6 };
const examine = (over: Partial<Evidence>) =>
  reconcile({
    ...{
      inventory: inventory(6, [3, 4, 5, 6]),
      survey: surveyOf([1, 2, 3, 4, 5, 6].map((seq) => found(seq))),
    },
    ...{ all: true, mark, files: 1, brokers: ['a', 'b'], now: 1000, newStream },
    ...over,
  });
const seqsOf = (entries: Iterable<{ seq: number }>) => [...entries].map(({ seq }) => seq);
const lost = { inventory: { entries: [], ranges: [], foreign: 0, flaw: 'gone' } };

test('a whole index and its files: as it was', () => {
  const { entries, changed, lost, unknown, recovered, ...ids } = examine({});
  assert.deepEqual(
    entries,
    [3, 4, 5, 6].map((seq) => entry(seq)),
  );
  assert.deepEqual([changed, lost, unknown, recovered], [[], [], [], 0]);
  assert.deepEqual(ids, { stream, earlier: [], seq: 6, id: id(6) });
});

test('what an index of before has not is owed to all, and what it has is owed as it was', () => {
  const { entries, changed, recovered } = examine({ inventory: inventory(4, [3, 4]) });
  assert.deepEqual(seqsOf(entries), [3, 4, 5, 6]);
  assert.deepEqual(entries[0]?.owed, ['b']);
  assert.deepEqual([entries[2]?.owed, recovered], [['a', 'b'], 2]);
  assert.deepEqual(seqsOf(changed), [5, 6]);
});

test('without an index all from the first of the mark are there, and the stream goes on', () => {
  const { entries, stream: chosen, seq, id: last, unknown } = examine(lost);
  assert.deepEqual(seqsOf(entries), [3, 4, 5, 6]);
  assert.deepEqual([chosen, seq, last, unknown], [stream, 6, id(6), []]);
  const further = examine({ ...lost, mark: { ...mark, seq: 9 } });
  assert.deepEqual([further.seq, further.unknown], [9, [{ from: 7, to: 9 }]], 'given, and nowhere');
});

test('without index and mark a new stream begins above all that was seen', () => {
  const { entries, stream: chosen, seq, earlier, unknown } = examine({ ...lost, mark: undefined });
  assert.deepEqual(seqsOf(entries), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([chosen, seq, unknown], [newStream, 100_000, []]);
  assert.deepEqual(earlier, [{ stream, last: 6 }]);
});

test('a gap is named only where something shows that faces may be gone', () => {
  const some = [3, 6].map((seq) => found(seq));
  assert.deepEqual(examine({ ...lost, survey: surveyOf(some) }).unknown, []);
  const gap = [{ from: 4, to: 5 }];
  assert.deepEqual(examine({ ...lost, survey: surveyOf(some, true) }).unknown, gap);
  assert.deepEqual(examine({ ...lost, survey: surveyOf(some), files: 0 }).unknown, gap);
  assert.deepEqual(examine({ ...lost, survey: surveyOf(some, true), mark: undefined }).unknown, gap);
});

test('faces that only the index has are lost, unless the mark tells that they left', () => {
  const rest = surveyOf([4, 6].map((seq) => found(seq)));
  assert.deepEqual(seqsOf(examine({ survey: rest }).lost), [3, 5]);
  const later = examine({ survey: rest, mark: { ...mark, first: 4 } });
  assert.deepEqual(seqsOf(later.lost), [5]);
  assert.deepEqual(seqsOf(later.entries), [4, 6]);
  const unread = examine({ survey: surveyOf([]), all: false });
  assert.deepEqual([seqsOf(unread.lost), seqsOf(unread.entries)], [[], [3, 4, 5, 6]]);
  const unnamed = { ...rest, unnamed: new Set(['1 3 1', '1 5 1']) };
  assert.deepEqual(examine({ survey: unnamed }).lost, [], 'faces of format 1 that do not name themselves');
});

test('a face that was copied is where it was written last', () => {
  const moved = surveyOf([3, 4, 5, 6].map((seq) => found(seq, seq === 4 ? { segment: 7, offset: 0 } : {})));
  const { entries, changed } = examine({ survey: moved });
  assert.deepEqual(entries[1], entry(4, { segment: 7, offset: 0 }));
  assert.deepEqual(seqsOf(changed), [4]);
});

test('a face of a number that was given anew is not taken for the one that has it', () => {
  const refused = found(5, { id: 'id000004b' });
  const { entries } = examine({ ...lost, survey: surveyOf([found(4), refused, found(5), found(6)]) });
  assert.deepEqual(
    entries.map((each) => each.id),
    [4, 5, 6].map(id),
  );
  const withIndex = examine({ survey: surveyOf([3, 4, 5, 6].map((seq) => found(seq)).concat(refused)) });
  assert.deepEqual(
    withIndex.entries.map((each) => each.id),
    [3, 4, 5, 6].map(id),
  );
});

test('none expires later for those that were not known: ages stay in the order of the numbers', () => {
  const { entries } = examine({ inventory: inventory(6, [4, 6], { flaw: 'odd' }) });
  assert.deepEqual(
    entries.map(({ accepted }) => accepted),
    [40, 40, 60, 60],
  );
});

test('where time has begun anew, none was accepted in its future', () => {
  const { entries } = examine({ inventory: inventory(6, [3, 6], { flaw: 'odd' }), now: 20 });
  assert.ok(entries.every(({ accepted }) => accepted <= 20));
});

test('what an older index has not, and the mark tells that it left, is not sent again', () => {
  const { entries, unknown } = examine({ inventory: inventory(3, [3]), mark: { ...mark, first: 6 } });
  assert.deepEqual([seqsOf(entries), unknown], [[6], []]);
});

test('an earlier stream keeps its numbers', () => {
  const before = '01JC0000000000000000000000';
  const earlier = [{ stream: before, last: 4 }];
  const known = inventory(6, [3], { state: { ...state(6), earlier } });
  assert.deepEqual(examine({ inventory: known }).earlier, earlier);
  const faces = [3, 4].map((seq) => found(seq, { stream: before }));
  assert.deepEqual(examine({ ...lost, survey: surveyOf([...faces, found(6)]) }).earlier, earlier);
});
