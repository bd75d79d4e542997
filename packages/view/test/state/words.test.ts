import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { retryAfter } from '../../dist-page/state/retry.js';
import { hashOf, routeOf } from '../../dist-page/state/route.js';
import { ago, bytes, count, measure, plural, span, whole } from '../../dist-page/state/words.js';

suite('words', () => {
  test('how long ago', () => {
    const now = 10 * 24 * 3_600_000;
    assert.deepEqual(
      [-5000, 500, 12_400, 240_000, 7_200_000, 3 * 24 * 3_600_000].map((age) => ago(now - age, now)),
      ['now', 'now', '12 s ago', '4 min ago', '2 h ago', '3 d ago'],
    );
  });

  test('how long it took', () => {
    assert.deepEqual([0, 84.4, 1440, 9960, 12_900, 125_000, 120_000, 11_520_000].map(span), [
      '0 ms',
      '84 ms',
      '1.4 s',
      '9 s',
      '12 s',
      '2 min 5 s',
      '2 min',
      '3 h 12 min',
    ]);
    assert.equal(whole(4900), '4 s');
  });

  test('numbers with their units', () => {
    assert.deepEqual([312, 48_200, 1_240_000].map(bytes), ['312 B', '48.2 kB', '1.24 MB']);
    assert.deepEqual([1234, 143_220].map(count), ['1,234', '143.2K']);
    assert.equal(measure(0.53712, 'faces/s'), '0.537 faces/s');
    assert.equal(measure(1440, 'ms'), '1.4 s');
    assert.equal(plural(1, 'face'), '1 face');
    assert.equal(plural(1200, 'face'), '1,200 faces');
  });
});

suite('route', () => {
  test('views, device and what is open, there and back', () => {
    const route = { view: 'visits', device: 'front & back', open: '01J' } as const;
    assert.deepEqual(routeOf(hashOf(route)), route);
    assert.deepEqual(routeOf('#/hops'), { view: 'hops' });
  });

  test('anything else is the live view', () => {
    for (const hash of ['', '#', '#/nothing', '#/live?device='])
      assert.deepEqual(routeOf(hash), { view: 'live' });
  });
});

suite('retry', () => {
  test('waits longer each time, up to a bound, and never the same for all', () => {
    assert.deepEqual(
      [0, 1, 2, 20].map((failures) => retryAfter(failures, 0)),
      [250, 500, 1000, 7500],
    );
    assert.deepEqual(
      [0, 1, 2, 20].map((failures) => retryAfter(failures, 1)),
      [500, 1000, 2000, 15_000],
    );
  });
});
