import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downtime, SpoolTime } from '../../dist/spool/time.js';

const day = 86_400_000;
const now = Date.UTC(2027, 5, 1);

function clock() {
  const moment = { now: now, elapsed: 12_345 };
  return { moment, now: () => moment.now, elapsed: () => moment.elapsed };
}

const ttl = 7 * day;

test('setting the clock while running changes no age', () => {
  const given = clock();
  const time = new SpoolTime(given, ttl);
  assert.equal(time.now(), 0);
  given.moment.now += 50 * 365 * day;
  given.moment.elapsed += 1000;
  assert.equal(time.now(), 1000);
  given.moment.now = 0;
  assert.equal(time.now(), 1000);
});

test('the time between two runs counts as far as the clock can tell', () => {
  assert.equal(downtime({ wall: now }, now + day, ttl), day);
  assert.equal(downtime({ wall: now }, now + ttl, ttl), ttl);
  assert.equal(downtime({ wall: now }, now - 3_600_000, ttl), 0);
  assert.equal(downtime({ wall: 3_600_000 }, now, ttl), 0, 'the clock of the first run was not set');
  assert.equal(downtime({ wall: now }, 3_600_000, ttl), 0, 'that of the second was not');
  for (const days of [8, 30, 365, 20_000])
    assert.equal(downtime({ wall: now }, now + days * day, ttl), 0, `${days} days`);
  const given = clock();
  given.moment.now += 3 * day;
  assert.equal(new SpoolTime(given, ttl, { time: 500, wall: now }).now(), 3 * day + 500);
});

/** Starts one after the other, each an hour long, by clocks that differ from the true time by so many days. */
function ageAfter(errors: readonly number[]): number {
  const given = clock();
  let moment = { time: 0, wall: now, counted: 0 };
  for (const [turn, days] of errors.entries()) {
    given.moment.now = now + turn * 3_600_000 + days * day;
    const time = new SpoolTime(given, ttl, moment);
    given.moment.now += 3_600_000;
    given.moment.elapsed += 3_600_000;
    moment = time.moment();
  }
  return moment.time;
}

test('a clock that jumps between runs ages faces no further than it jumps once', () => {
  const hours = 12 * 3_600_000;
  assert.ok(ageAfter(Array.from({ length: 6 }, () => 0)) <= hours);
  assert.ok(ageAfter([30, 0, 30, 0, 400, 0]) <= hours, 'ahead by more than the ttl, and set right');
  assert.ok(ageAfter([30, 30, 31, 31]) <= day + hours, 'and left ahead');
  assert.ok(ageAfter([3, 0, 3, 0, 3, 0]) <= 3 * day + hours, 'ahead by less, again and again');
  assert.ok(ageAfter([-9000, 0, -9000, 0]) <= hours, 'not set at every other start');
});
