import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, Ledger } from '../../dist/spool/ledger.js';

const entry = (seq: number, owed: string[]): Entry => ({
  seq,
  id: `id${seq}`,
  accepted: seq,
  owed,
  segment: seq % 2,
  offset: 0,
  bytes: 10,
});

function ledger(...seqs: number[]): Ledger {
  const made = new Ledger(['a', 'b']);
  for (const seq of seqs) made.add(entry(seq, ['a', 'b']));
  return made;
}

const settle = (made: Ledger, seq: number, broker: string) => {
  const found = made.get(seq);
  assert.ok(found);
  return made.settle(found, broker);
};

test('a face leaves once every broker has it, and the counts go with it', () => {
  const made = ledger(7, 8);
  assert.deepEqual(settle(made, 7, 'a')?.owed, ['b']);
  assert.deepEqual(made.owed.get('a'), { faces: 1, bytes: 10 });
  assert.deepEqual(made.owed.get('b'), { faces: 2, bytes: 20 });
  assert.equal(settle(made, 7, 'b'), undefined);
  assert.equal(made.size, 1);
  assert.equal(made.bytes, 10);
  assert.equal(made.seqOf('id7'), undefined);
  assert.equal(made.seqOf('id8'), 8);
});

test('the oldest is found behind gaps, and in an empty ledger there is none', () => {
  const made = ledger(1000, 1001, 1005);
  for (const seq of [1001, 1000]) {
    settle(made, seq, 'a');
    settle(made, seq, 'b');
  }
  assert.equal(made.oldest?.seq, 1005);
  settle(made, 1005, 'b');
  settle(made, 1005, 'a');
  assert.deepEqual([...made.after(0)], []);
  made.add(entry(1006, ['a']));
  assert.equal(made.oldest?.seq, 1006);
});

test('iteration heeds what comes and goes', () => {
  const made = ledger(1, 2, 3);
  const seen: number[] = [];
  for (const { seq } of made.after(1)) {
    seen.push(seq);
    if (seq === 2) {
      const third = made.get(3);
      assert.ok(third);
      made.remove(third);
      made.add(entry(4, ['a']));
    }
  }
  assert.deepEqual(seen, [2, 4]);
});

test('the faces of a file are those that are left in it', () => {
  const made = ledger(1, 2, 3, 5);
  const inside = (segment: number) => made.in(segment).map(({ seq }) => seq);
  const [first, third] = made.in(1);
  assert.ok(first && third);
  made.remove(first);
  assert.deepEqual(inside(1), [3, 5]);
  made.move(third, { segment: 9, offset: 70, bytes: 10 });
  assert.deepEqual(inside(1), [5]);
  assert.deepEqual(inside(9), [3]);
  assert.equal(made.get(3)?.offset, 70);
  assert.deepEqual(inside(4), []);
  assert.ok(made.has(1) && !made.has(4));
});
