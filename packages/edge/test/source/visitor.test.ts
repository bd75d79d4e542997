import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personCount } from '../../dist/source/person.js';
import { stanceAt, type Visitor, visitorsOf } from '../../dist/source/visitor.js';

function first(count: number, seed = 1): Visitor[] {
  const visitors: Visitor[] = [];
  for (const visitor of visitorsOf(seed)) if (visitors.push(visitor) === count) break;
  return visitors;
}

test('the same seed gives the same visitors, another seed others', () => {
  assert.deepEqual(first(30, 4), first(30, 4));
  assert.notDeepEqual(first(30, 4), first(30, 5));
});

test('visitors come one after the other, the first before the scene begins, and nobody twice in a row', () => {
  for (const seed of [1, 2, 3, 99]) {
    const visitors = first(60, seed);
    assert.ok((visitors[0]?.comes ?? 0) < 0 && (visitors[0]?.goes ?? 0) > 0);
    for (const [i, visitor] of visitors.entries()) {
      assert.equal(visitor.number, i + 1);
      const next = visitors[i + 1];
      if (!next) continue;
      assert.ok(next.comes > visitor.comes);
      assert.notEqual(next.person, visitor.person);
    }
    const seen = new Set(visitors.slice(0, personCount).map(({ person }) => person));
    assert.equal(seen.size, personCount, 'everybody comes once in a round');
  }
});

test('they walk without a jump, and are outside or behind the wall when they come and go', () => {
  for (const visitor of first(24, 7)) {
    const { comes, goes } = visitor;
    assert.equal(stanceAt(visitor, comes - 0.001), undefined);
    assert.equal(stanceAt(visitor, goes + 0.001), undefined);
    const [begin, end] = [stanceAt(visitor, comes), stanceAt(visitor, goes - 0.001)];
    assert.ok(begin && end);
    assert.ok(begin.x < -0.2 || begin.x > 1.2 || (begin.near === 0 && begin.x > 0.8));
    assert.ok(end.x < -0.2 || end.x > 1.2);
    let last = begin;
    for (let time = comes; time < goes; time += 0.02) {
      const stance = stanceAt(visitor, time);
      assert.ok(stance && stance.near >= 0 && stance.near <= 1);
      assert.ok(Math.abs(stance.x - last.x) < 0.02 && Math.abs(stance.near - last.near) < 0.02);
      last = stance;
    }
  }
});
