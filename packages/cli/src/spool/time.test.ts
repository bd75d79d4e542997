import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downtime, SpoolTime } from './time.js';

const day = 86_400_000;
const now = Date.UTC(2027, 5, 1);

function clock() {
  const moment = { now: now, elapsed: 12_345 };
  return { moment, now: () => moment.now, elapsed: () => moment.elapsed };
}

test('setting the clock while running changes no age', () => {
  const given = clock();
  const time = new SpoolTime(given);
  assert.equal(time.now(), 0);
  given.moment.now += 50 * 365 * day;
  given.moment.elapsed += 1000;
  assert.equal(time.now(), 1000);
  given.moment.now = 0;
  assert.equal(time.now(), 1000);
});

test('the time between two runs counts as far as the clock can tell', () => {
  assert.equal(downtime(now, now + day), day);
  assert.equal(downtime(now, now - 3_600_000), 0);
  assert.equal(downtime(3_600_000, now), 0, 'the clock of the first run was not set');
  const given = clock();
  given.moment.now += 3 * day;
  assert.equal(new SpoolTime(given, { time: 500, wall: now }).now(), 3 * day + 500);
});
