import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ranges, sizeOf } from '../../dist/audit/ranges.js';

function rangesOf(numbers: Iterable<number>): readonly (readonly [number, number])[] {
  const ranges = new Ranges();
  for (const number of numbers) ranges.add(number);
  return ranges.list();
}

test('ranges join where they touch, and count what is new', () => {
  const ranges = new Ranges();
  assert.deepEqual([ranges.add(5), ranges.add(7), ranges.add(6), ranges.add(6)], [1, 1, 1, 0]);
  assert.deepEqual(ranges.list(), [[5, 7]]);
  assert.equal(ranges.add(1, 3), 3);
  assert.deepEqual(ranges.list(), [
    [1, 3],
    [5, 7],
  ]);
  assert.equal(ranges.add(2, 9), 3);
  assert.deepEqual(ranges.list(), [[1, 9]]);
  assert.deepEqual([ranges.has(0), ranges.has(1), ranges.has(9), ranges.has(10)], [false, true, true, false]);
});

test('what two sets have in common is counted, and what lies within a range', () => {
  let state = 11;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  for (let round = 0; round < 200; round++) {
    const [a, b] = [new Set<number>(), new Set<number>()];
    for (let n = random(40); n > 0; n--) a.add(1 + random(60));
    for (let n = random(40); n > 0; n--) b.add(1 + random(60));
    const [one, other] = [new Ranges(), new Ranges()];
    for (const number of a) one.add(number);
    for (const number of b) other.add(number);
    assert.equal(one.common(other), [...a].filter((number) => b.has(number)).length, `round ${round}`);
    const from = 1 + random(60);
    const to = from + random(20);
    assert.equal(one.within(from, to), [...a].filter((n) => n >= from && n <= to).length, `round ${round}`);
    assert.deepEqual(one.copy().list(), one.list());
    assert.equal(one.copy().size, one.size);
  }
});

test('a set of ranges is what a set of numbers is, whatever the order', () => {
  let state = 7;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  for (let round = 0; round < 300; round++) {
    const [ranges, others] = [new Ranges(), new Ranges()];
    const [numbers, excluded] = [new Set<number>(), new Set<number>()];
    for (let n = 0; n < 40; n++) {
      const [set, plain] = random(3) > 0 ? [ranges, numbers] : [others, excluded];
      const from = 1 + random(100);
      const to = from + random(6);
      let fresh = 0;
      for (let i = from; i <= to; i++) {
        if (!plain.has(i)) fresh++;
        plain.add(i);
      }
      assert.equal(set.add(from, to), fresh);
    }
    const all = [...numbers].sort((a, b) => a - b);
    assert.deepEqual(ranges.list(), rangesOf(all));
    assert.equal(ranges.size, numbers.size);
    assert.equal(sizeOf(ranges.list()), numbers.size);
    assert.deepEqual([ranges.first, ranges.last], [all[0], all.at(-1)]);
    assert.deepEqual(ranges.minus(others), rangesOf(all.filter((n) => !excluded.has(n))));
    const missing: number[] = [];
    for (let i = all[0] ?? 0; i < (all.at(-1) ?? 0); i++)
      if (!numbers.has(i) && !excluded.has(i)) missing.push(i);
    assert.deepEqual(rangesOf(ranges.holes(others).flatMap(([a, b]) => span(a, b))), rangesOf(missing));
  }
});

const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('the first hole is filled where ranges become too many', () => {
  const ranges = new Ranges();
  for (const n of [1, 2, 5, 9]) ranges.add(n);
  assert.deepEqual(ranges.fillFirst(), [3, 4]);
  assert.deepEqual(ranges.list(), [
    [1, 5],
    [9, 9],
  ]);
  ranges.fillFirst();
  assert.equal(ranges.fillFirst(), undefined);
});

test('a dropped range of any size costs one range', () => {
  const ranges = new Ranges();
  ranges.add(1, Number.MAX_SAFE_INTEGER - 1);
  assert.equal(ranges.pieces, 1);
  assert.equal(ranges.has(2 ** 40), true);
});
