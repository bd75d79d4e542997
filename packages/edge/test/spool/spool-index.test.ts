import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DroppedRanges } from '../../dist/spool/range.js';
import type { SpoolEntry } from '../../dist/spool/spool-entry.js';
import { SpoolIndex } from '../../dist/spool/spool-index.js';

const entry = (seq: number, owed: string[]): SpoolEntry => ({
  seq,
  id: `id${seq}`,
  accepted: seq,
  owed,
  segment: seq % 2,
  offset: 0,
  bytes: 10,
});

function indexOf(...seqs: number[]): SpoolIndex {
  const made = new SpoolIndex(['a', 'b'], new DroppedRanges([]));
  for (const seq of seqs) made.add(entry(seq, ['a', 'b']));
  return made;
}

test('a face leaves once every broker has it, and the counts go with it', () => {
  const made = indexOf(7, 8);
  assert.ok(made.settle('a', 7));
  assert.deepEqual(made.get(7)?.owed, ['b']);
  assert.equal(made.settle('a', 7), false);
  assert.deepEqual(made.owed.get('a'), { faces: 1, bytes: 10 });
  assert.deepEqual(made.owed.get('b'), { faces: 2, bytes: 20 });
  assert.ok(made.settle('b', 7));
  assert.equal(made.get(7), undefined);
  assert.equal(made.size, 1);
  assert.equal(made.bytes, 10);
  assert.equal(made.seqOf('id7'), undefined);
  assert.equal(made.seqOf('id8'), 8);
});

test('the oldest is found behind gaps, and in an empty index there is none', () => {
  const made = indexOf(1000, 1001, 1005);
  for (const seq of [1001, 1000]) {
    made.settle('a', seq);
    made.settle('b', seq);
  }
  assert.equal(made.oldest?.seq, 1005);
  made.settle('b', 1005);
  made.settle('a', 1005);
  assert.deepEqual([...made.after(0)], []);
  made.add(entry(1006, ['a']));
  assert.equal(made.oldest?.seq, 1006);
});

test('iteration heeds what comes and goes', () => {
  const made = indexOf(1, 2, 3);
  const seen: number[] = [];
  for (const { seq } of made.after(1)) {
    seen.push(seq);
    if (seq === 2) {
      made.settle('a', 3);
      made.settle('b', 3);
      made.add(entry(4, ['a']));
    }
  }
  assert.deepEqual(seen, [2, 4]);
});

test('the faces of a file are those that are left in it', () => {
  const made = indexOf(1, 2, 3, 5);
  const inside = (segment: number) => made.in(segment).map(({ seq }) => seq);
  const [first] = made.in(1);
  assert.ok(first);
  made.drop([first], 'expired');
  assert.deepEqual(inside(1), [3, 5]);
  made.move(3, { segment: 9, offset: 70, bytes: 10 });
  assert.deepEqual(inside(1), [5]);
  assert.deepEqual(inside(9), [3]);
  assert.equal(made.get(3)?.offset, 70);
  assert.deepEqual(inside(4), []);
  assert.ok(made.has(1) && !made.has(4));
});

test('what the disk does not know is written once, and comes back where that failed', () => {
  const made = indexOf(1, 2);
  assert.equal(made.changed, false, 'a face is added when the disk has it');
  made.settle('a', 1);
  const changes = made.takeChanges();
  assert.equal(changes.size, 1);
  assert.equal(made.changed, false);
  made.settle('b', 1);
  made.putBack(changes);
  assert.deepEqual([...made.takeChanges().values()], [undefined], 'what came meanwhile is newer');
});

test('a dropped face is counted for every broker that it was owed to, and told', () => {
  const told: string[] = [];
  const made = new SpoolIndex(['a', 'b'], new DroppedRanges([]), { a: 3 }, (broker, seq, reason) =>
    told.push(`${broker} ${seq} ${reason}`),
  );
  for (const seq of [1, 2]) made.add(entry(seq, ['a', 'b']));
  made.settle('a', 1);
  made.drop([...made.after(0)], 'full');
  assert.equal(made.abandon('a', 1, 'expired'), false);
  assert.deepEqual(told, ['b 1 full', 'a 2 full', 'b 2 full']);
  assert.deepEqual(Object.fromEntries(made.dropped), { a: 4, b: 2 });
  assert.equal(made.size, 0);
});
