import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Troubles } from '../../dist/broker/troubles.js';

test('each kind of trouble is said at once, then once a minute with what was left out', () => {
  const said: string[] = [];
  let now = 0;
  const troubles = new Troubles(
    (text) => said.push(text),
    () => now,
  );
  for (let n = 0; n < 1000; n++) troubles.report('one', `one ${n}`);
  troubles.report('other', 'other');
  now = 60_000;
  troubles.report('one', 'one again');
  assert.deepEqual(said, ['one 0', 'other', 'one again (and 999 more like this)']);
});
