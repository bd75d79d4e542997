import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeError } from '../../dist/errors.js';
import { SetAside } from '../../dist/forward/set-aside.js';

const refusal = {
  error: edgeError('FACEPIPE_E_FORWARD_UNROUTED', { topic: 'a', broker: 'b' }),
  reason: 'unrouted',
} as const;
const names = (aside: SetAside) => aside.devices.map(({ device }) => device);

test('while nothing passes a refusal is everybody’s, and no device is set aside', () => {
  const aside = new SetAside();
  assert.equal(aside.general, undefined);
  assert.equal(aside.refused('log', refusal, 2, false), false);
  assert.equal(aside.refused('door', refusal, 3, false), false);
  assert.equal(aside.general, refusal);
  assert.deepEqual([names(aside), aside.refusalOf('log'), aside.refusalOf('x')], [[], refusal, undefined]);
  // what was published before it says nothing
  assert.deepEqual(aside.passed('window', 1), { back: false, news: true });
  assert.equal(aside.general, refusal);
  assert.deepEqual([aside.passedSince(1), aside.passedSince(0)], [false, true]);
});

test('a device that is refused again while others pass is set aside, until one of its messages passes', () => {
  const aside = new SetAside();
  aside.refused('log', refusal, 1, false);
  aside.passed('door', 2);
  assert.deepEqual([aside.general, aside.passedSince(1), aside.has('log')], [undefined, true, false]);
  assert.equal(aside.refused('log', refusal, 3, true), true);
  assert.equal(aside.refused('log', refusal, 4, true), false, 'told once');
  assert.deepEqual([names(aside), aside.has('log')], [['log'], true]);
  assert.deepEqual(aside.passed('door', 5), { back: false, news: false });
  assert.deepEqual(aside.passed('log', 6), { back: true, news: true });
  assert.deepEqual([names(aside), aside.refusalOf('log')], [[], undefined]);
});

test('a message that is refused again while others of its device pass does not set the device aside', () => {
  const aside = new SetAside();
  aside.refused('door', refusal, 1, false);
  aside.passed('door', 2);
  assert.equal(aside.refused('door', refusal, 3, true), false);
  assert.deepEqual([names(aside), aside.general], [[], undefined]);
});

test('an outage after a refusal that was forgotten is everybody’s again', () => {
  const aside = new SetAside();
  aside.refused('door', refusal, 1, false);
  aside.passed('window', 2);
  assert.equal(aside.general, undefined);
  aside.refused('door', refusal, 3, false);
  assert.equal(aside.general, refusal);
});

test('of more devices than are remembered the oldest are forgotten', () => {
  const forgotten: string[] = [];
  const aside = new SetAside((device) => forgotten.push(device), 3);
  for (let n = 0; n < 10; n++) {
    aside.refused(`d${n}`, refusal, 3 * n + 1, false);
    aside.passed('door', 3 * n + 2);
    aside.refused(`d${n}`, refusal, 3 * n + 3, true);
  }
  assert.deepEqual(names(aside), ['d7', 'd8', 'd9']);
  assert.deepEqual(forgotten, ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6']);
  for (let n = 0; n < 10; n++) aside.refused(`e${n}`, refusal, 100 + n, false);
  assert.equal(aside.refusalOf('e0'), undefined);
  assert.equal(aside.general, refusal);
});
