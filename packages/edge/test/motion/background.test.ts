import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Box } from '@facepipe/wire';
import { covers, from, type Moment, parts, searches, walker, watch } from './room.js';

suite('a room in which nothing moves', () => {
  test('is not searched for noise, of a good sensor or in the dark', () => {
    for (const noise of [0, 2, 5, 12])
      for (const seed of [1, 2]) {
        const answers = watch({ fps: 30, seconds: 12, at: () => ({ noise }), seed });
        assert.equal(parts(answers).length, 0, `noise ${noise}`);
        assert.ok(searches(answers).length <= 13, `noise ${noise}: ${searches(answers).length}`);
      }
  });

  test('is not searched for light that fades, everywhere or on one side', () => {
    const fade = (second: number): Moment => ({ light: (b) => b * (1 - 0.04 * second) });
    const sun = (second: number): Moment => ({ light: (b, x) => b + (x < 120 ? 2 * second : 0) });
    for (const at of [fade, sun]) {
      const answers = watch({ fps: 15, seconds: 15, at });
      assert.equal(parts(answers).length, 0);
      assert.ok(searches(answers).length <= 17);
    }
  });

  test('is not searched for exposure that hunts, nor after a while for the bands of lamps', () => {
    const hunts = (second: number): Moment => ({ light: (b) => b * (1 + 0.3 * Math.sin(4 * second)) });
    assert.ok(searches(watch({ fps: 30, seconds: 8, at: hunts })).length <= 9);
    // of 100 Hz, with rows read one after the other
    const bands = (second: number): Moment => ({
      light: (b, _, y) => b * (1 + 0.08 * Math.sin(2 * Math.PI * (y / 120 + 3.1 * second))),
    });
    const banded = from(watch({ fps: 30, seconds: 14, at: bands }), 6000);
    assert.ok(searches(banded).length <= 10, String(searches(banded).length));
  });
});

suite('another light', () => {
  const lamps: [string, Moment][] = [
    ['the light goes out', { light: (b) => 0.3 * b }],
    ['the light goes on', { light: (b) => 1.6 * b + 20 }],
    [
      'a lamp in a corner',
      { light: (b, x, y) => b + 120 * Math.exp(-((x - 40) ** 2 + (y - 40) ** 2) / 2e4) },
    ],
    ['infrared', { light: (b, x) => 190 - 0.8 * b + 30 * Math.sin(x / 40), noise: 10 }],
    ['overexposed', { light: (b) => 3 * b }],
  ];
  for (const [name, other] of lamps)
    test(`${name}: a search or few, then quiet, then it sees again`, () => {
      const thing: Box = { x: 220, y: 150, width: 40, height: 40 };
      const at = (second: number): Moment =>
        second < 3
          ? {}
          : second < 9
            ? other
            : { ...other, thing: { ...thing, x: 100 + Math.round(60 * (second - 9)) } };
      const answers = watch({ fps: 30, seconds: 10, at });
      const after = searches(from(answers, 3000, 5500)).length;
      assert.ok(after <= 20, `${after} searches`);
      assert.equal(parts(from(answers, 6000, 9000)).length, 0);
      assert.ok(searches(from(answers, 6000, 9000)).length <= 5);
      if (name !== 'overexposed') assert.ok(searches(from(answers, 9000, 9200)).length > 0, 'blind');
    });

  test('answered at once where all of it changed', () => {
    const at = (second: number): Moment => (second < 3.4 ? {} : { light: (b) => 200 - b });
    const [first] = searches(from(watch({ fps: 30, seconds: 4, at }), 3400));
    assert.deepEqual(first && [first.search.area, first.time < 3440], ['frame', true]);
  });

  test('that flashes is answered when searches are allowed again, though it is over', () => {
    const at = (second: number): Moment =>
      second >= 3 && second < 3.17 && Math.round(second * 30) % 2 === 0 ? { light: (b) => 200 - b } : {};
    const answers = watch({ fps: 30, seconds: 4, at, gate: { wholeEvery: 1900 } });
    const last = Math.max(...searches(from(answers, 3000, 3300)).map(({ time }) => time));
    assert.ok(last > 3160, `${last}`);
  });

  test('does not hide what moves in it, when the exposure follows', () => {
    const at = (second: number): Moment => ({
      light: (b) => b * (1 + 0.25 * Math.sin(3 * second)),
      ...(second >= 4 && { thing: walker(second - 4) }),
    });
    const answers = from(watch({ fps: 30, seconds: 5, at }), 4000);
    assert.ok(
      searches(answers).filter(({ time, search }) => covers(search, walker(time / 1000 - 4))).length >= 7,
    );
  });
});
