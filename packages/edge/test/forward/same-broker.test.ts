import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameBroker } from '../../dist/forward/same-broker.js';

const cases: readonly (readonly [one: string, other: string, same: boolean])[] = [
  ['mqtt://127.0.0.1', 'mqtt://127.0.0.1:1883', true],
  ['mqtt://127.0.0.1:1884', 'mqtt://127.0.0.1:1884/', true],
  ['mqtt://a:b@127.0.0.1', 'mqtt://c@127.0.0.1', true],
  ['mqtt://localhost', 'mqtt://127.0.0.1', true],
  ['mqtt://LOCALHOST', 'mqtt://[::1]:1883', true],
  ['mqtts://localhost', 'mqtts://127.0.0.1', true],
  ['mqtt://127.0.0.1', 'mqtt://127.0.0.1:1884', false],
  ['mqtt://127.0.0.1', 'mqtt://127.0.0.2', false],
  ['mqtts://127.0.0.1', 'mqtt://127.0.0.1', false],
  ['wss://127.0.0.1/edge', 'wss://127.0.0.1/cloud', false],
  ['mqtt://no-such-host.invalid', 'mqtt://127.0.0.1', false],
];

test('one broker is known under several names, where they can be looked up', async () => {
  for (const [one, other, same] of cases) {
    assert.equal(await sameBroker(one, other), same, `${one} ${other}`);
    assert.equal(await sameBroker(other, one), same, `${other} ${one}`);
  }
});
