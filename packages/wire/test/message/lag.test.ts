import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lagOf } from '../../dist/message/lag.js';

const now = Date.UTC(2026, 10, 28, 12);
const day = 24 * 3600_000;
const before = (ms: number) => lagOf(new Date(now - ms), now);

test('a lag is told in ms, and a clock that is a little ahead makes none', () => {
  assert.equal(before(1234), 1234);
  assert.equal(before(0), 0);
  assert.equal(before(-5 * 60_000), 0);
  assert.equal(before(30 * day), 30 * day);
});

test('times that cannot be right have no lag', () => {
  for (const time of [
    new Date(0),
    new Date('2024-12-31T23:59:59.999Z'),
    new Date(now + 5 * 60_000 + 1),
    new Date(now - 30 * day - 1),
    new Date('9999-12-31'),
    new Date(Number.NaN),
  ]) {
    assert.equal(lagOf(time, now), undefined, String(time));
  }
  assert.equal(lagOf(new Date(now), 0), undefined, 'the own clock was never set');
});
