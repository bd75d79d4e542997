import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cameThrough, viaToken, withVia } from '../../dist/forward/via.js';

test('a forwarder knows what it carried, and its token does not tell its client id', () => {
  const [one, other] = [viaToken('facepipe-forward-1'), viaToken('facepipe-forward-2')];
  assert.match(one, /^[0-9a-f]{16}$/);
  assert.equal(one, viaToken('facepipe-forward-1'), 'also after a restart');
  assert.notEqual(one, other);
  const carried = withVia(withVia({ id: '1' }, one), other);
  assert.deepEqual(carried, { id: '1', via: `${one} ${other}` });
  assert.ok(cameThrough(carried, one) && cameThrough(carried, other));
  assert.equal(cameThrough({ via: `${one}x` }, one), false);
  assert.equal(cameThrough({}, one), false);
});
