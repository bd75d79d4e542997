import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SetAside } from '../../dist/sink/set-aside.js';

const refused = new Error('refused');
const names = (aside: SetAside) => aside.devices.map(({ device }) => device);

test('a device is set aside once, for its way of failing, until something of it passes', () => {
  const aside = new SetAside(() => 0);
  assert.equal(aside.add('door', 'refused', refused), true);
  assert.equal(aside.add('door', 'refused', refused), false);
  assert.deepEqual([aside.has('door', 'refused'), aside.has('door', 'unanswered')], [true, false]);
  assert.equal(aside.has('window', 'refused'), false);
  assert.deepEqual(
    [aside.passed('window'), aside.passed('door'), aside.passed('door')],
    [false, true, false],
  );
  assert.deepEqual(names(aside), []);
});

test('of more than 1000 devices the one refused least recently is forgotten', () => {
  const aside = new SetAside(() => 0);
  for (let n = 0; n < 1000; n++) aside.add(`d${n}`, 'refused', refused);
  aside.add('d0', 'refused', refused);
  aside.add('one more', 'refused', refused);
  assert.equal(names(aside).length, 1000);
  assert.deepEqual([aside.has('d0', 'refused'), aside.has('d1', 'refused')], [true, false]);
});

test('a device that was not heard of for an hour is forgotten', () => {
  let now = 0;
  const aside = new SetAside(() => now);
  aside.add('gone', 'refused', refused);
  now = 1800_000;
  aside.add('door', 'refused', refused);
  assert.deepEqual(names(aside), ['gone', 'door']);
  now = 3600_001;
  assert.deepEqual(names(aside), ['door']);
});
