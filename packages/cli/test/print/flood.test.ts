import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood, kindOf } from '../../dist/print/flood.js';

function stopped() {
  const clock = { now: 1000 };
  return { clock, flood: new Flood<string>(() => clock.now) };
}

test('the first ten lines of a kind are written at once, the others are counted', () => {
  const { clock, flood } = stopped();
  const admitted = Array.from({ length: 1244 }, (_, n) => flood.admit('a', `a${n}`));
  assert.equal(admitted.indexOf(false), 10);
  assert.equal(admitted.filter(Boolean).length, 10);
  assert.equal(flood.due, 11_000);
  clock.now = 10_999;
  assert.deepEqual(flood.take(), []);
  clock.now = 11_000;
  assert.deepEqual(flood.take(), [{ count: 1234, within: 10_000, last: 'a1243' }]);
  assert.deepEqual([flood.take(true), flood.due], [[], Number.POSITIVE_INFINITY]);
});

test('a flood that goes on is written ten lines and a count every ten seconds, and none is uncounted', () => {
  const { clock, flood } = stopped();
  let written = 0;
  let counted = 0;
  let summaries = 0;
  const lines = 60_000;
  for (let n = 0; n < lines; n++) {
    clock.now += 1;
    for (const { count } of flood.take()) {
      counted += count;
      summaries++;
    }
    if (flood.admit('a', '')) written++;
  }
  for (const { count } of flood.take(true)) counted += count;
  assert.equal(written + counted, lines);
  assert.ok(summaries <= 6 && written <= 60, `${summaries} summaries, ${written} lines`);
});

test('kinds do not hold each other up, and each has its own count', () => {
  const { clock, flood } = stopped();
  for (let n = 0; n < 12; n++) flood.admit('a', 'x');
  clock.now = 5000;
  assert.equal(flood.admit('b', 'y'), true);
  for (let n = 0; n < 10; n++) flood.admit('b', `y${n}`);
  clock.now = 11_000;
  assert.deepEqual(flood.take(), [{ count: 2, within: 10_000, last: 'x' }]);
  assert.equal(flood.due, 15_000);
  assert.deepEqual(flood.take(true), [{ count: 1, within: 6000, last: 'y9' }]);
});

test('a kind that comes now and then is never held back', () => {
  const { clock, flood } = stopped();
  for (let n = 0; n < 100; n++) {
    assert.equal(flood.admit('a', ''), true);
    clock.now += 1001;
  }
});

test('a stranger who invents kinds fills neither memory nor log', () => {
  const { clock, flood } = stopped();
  let written = 0;
  for (let n = 0; n < 100_000; n++) if (flood.admit(`kind ${n}`, '')) written++;
  assert.ok(written <= 210, `${written}`);
  assert.equal(
    flood.take(true).reduce((sum, { count }) => sum + count, written),
    100_000,
  );
  clock.now += 10_000;
  assert.equal(flood.admit('a new one, later', ''), true);
});

test('the kind of a line is its words, without what differs from line to line', () => {
  const same = [
    [
      '"facepipe/a/faces": The payload of 12 bytes is not an image: it is empty.',
      '"facepipe/\\"b c/faces": The payload of 9999 bytes is not an image: it is empty.',
    ],
    [
      `dead letter (not-an-image) ${'a1'.repeat(32)} from "facepipe/a/faces"`,
      `dead letter (not-an-image) ${'0f'.repeat(32)} from "x/y"`,
    ],
    [
      'to: The broker mqtt://cloud:8883 did not take a message on facepipe/a/faces within 30 s (x). (attempt 3; nothing is lost)',
      'to: The broker mqtt://cloud:8883 did not take a message on facepipe/b/faces within 30 s (x). (attempt 9; nothing is lost)',
    ],
    [`"${'long '.repeat(200)}": x`, `"${'longer '.repeat(200)}": x`],
  ] as const;
  for (const [one, other] of same) assert.equal(kindOf(one), kindOf(other));
  const different = [
    ['dead letter (not-an-image) 1 from "a"', 'dead letter (facts-invalid) 1 from "a"'],
    ['from: the connection is away', 'to: the connection is away'],
    ['connected to mqtt://a', 'storing again'],
  ] as const;
  for (const [one, other] of different) assert.notEqual(kindOf(one), kindOf(other));
});
