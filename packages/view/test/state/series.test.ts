import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { appended, noSamples, pastOf, summary } from '../../dist-page/state/series.js';

suite('samples of the charts', () => {
  test('a chart that is new has nulls before, one that is gone nulls after', () => {
    const before = { times: [1, 2], values: { old: [1, 2] } };
    const after = appended(before, { times: [3], values: { late: [3] } }, 10);
    assert.deepEqual(after, { times: [1, 2, 3], values: { old: [1, 2, null], late: [null, null, 3] } });
  });

  test('points that are known already are left out', () => {
    const before = { times: [1, 2], values: { a: [1, 2] } };
    assert.equal(appended(before, { times: [1, 2], values: { a: [7, 7] } }, 10), before);
    assert.deepEqual(appended(before, { times: [2, 3], values: { a: [7, 3] } }, 10), {
      times: [1, 2, 3],
      values: { a: [1, 2, 3] },
    });
  });

  test('the oldest go first', () => {
    const many = { times: [1, 2, 3, 4], values: { a: [1, 2, 3, 4] } };
    assert.deepEqual(appended(noSamples, many, 2), { times: [3, 4], values: { a: [3, 4] } });
  });

  test('the summary passes over what was not known', () => {
    assert.deepEqual(summary([null, 4, 9, 2, null]), { last: 2, most: 9 });
    assert.deepEqual(summary([null]), {});
  });

  test('as much of the past as is known, five minutes at the least and an hour at most', () => {
    const minute = 60_000;
    assert.deepEqual(
      [pastOf(), pastOf(0, 10), pastOf(0, 7.5 * minute), pastOf(0, 90 * minute)].map((past) => past / minute),
      [5, 5, 8, 60],
    );
  });
});
