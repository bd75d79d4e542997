import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Trial } from '../../dist/sink/trial.js';

const second = 1000;
const minute = 60_000;

test('an outage: while nothing passes it goes on, and in the end one asks', () => {
  const trial = new Trial();
  for (let now = 0; now < minute; now += second) assert.equal(trial.failed('refused', 7, now), 'go-on');
  assert.equal(trial.failed('refused', 7, minute), 'ask');
  const silent = new Trial();
  for (let now = 0; now < 5 * minute; now += 10 * second) {
    assert.equal(silent.failed('unanswered', 7, now), 'go-on');
  }
  assert.equal(silent.failed('unanswered', 7, 5 * minute), 'ask');
});

test('what is refused while others pass, and 15 s later still, is given up', () => {
  const trial = new Trial();
  assert.equal(trial.failed('refused', 3, 0), 'go-on', 'that others had passed before says nothing');
  assert.equal(trial.failed('refused', 4, 2 * second), 'go-on');
  assert.equal(trial.failed('refused', 5, 16 * second), 'go-on');
  assert.equal(trial.failed('refused', 6, 17 * second), 'give-up');
});

test('an outage that follows is not taken for the fault of one', () => {
  const trial = new Trial();
  trial.failed('refused', 0, 0);
  trial.failed('refused', 1, second);
  for (let now = 17; now < 100; now++) assert.equal(trial.failed('refused', 1, now * second), 'ask');
});

test('the end of a long outage gives nobody up at once', () => {
  const trial = new Trial();
  for (let now = 0; now < 50 * second; now += second) trial.failed('refused', 0, now);
  assert.equal(trial.failed('refused', 1, 50 * second), 'go-on');
});

test('what has no answer has 5 minutes, and refusals before do not shorten them', () => {
  const trial = new Trial();
  trial.failed('refused', 0, 0);
  trial.failed('refused', 1, second);
  assert.equal(trial.failed('unanswered', 2, 20 * second), 'go-on');
  assert.equal(trial.failed('unanswered', 3, 5 * minute), 'go-on');
  assert.equal(trial.failed('unanswered', 4, 5 * minute + 20 * second), 'give-up');
});
