import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { clientIdFrom } from '../../dist/link/client-id.js';

test('a client id stays, suits every broker, and differs where secret, role or work do', () => {
  const secret = Buffer.alloc(32, 7);
  const ids = [
    clientIdFrom('sink', secret, ['a', 'b']),
    clientIdFrom('sink', secret, ['ab']),
    clientIdFrom('sink', secret, ['a', 'b', '']),
    clientIdFrom('forward', secret, ['a', 'b']),
    clientIdFrom('sink', Buffer.alloc(32, 8), ['a', 'b']),
  ];
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(clientIdFrom('sink', secret, ['a', 'b']), ids[0]);
  assert.equal(ids[0], 'sinkURyYBudLEkr0UFpypP7');
  for (const id of ids) assert.match(id, /^(sink|forward)[0-9A-Za-z]{16,19}$/);
  for (const id of ids) assert.equal(id.length, 23);
});

test('all letters and digits come, each about as often', () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 2000; n++) {
    for (const letter of clientIdFrom('sink', randomBytes(16), []).slice(4))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  const mean = (2000 * 19) / 62;
  assert.equal(counts.size, 62);
  // ten standard deviations
  for (const [letter, count] of counts)
    assert.ok(Math.abs(count - mean) < 10 * Math.sqrt(mean), `${letter} ${count}`);
});

test('what could be guessed is refused', () => {
  assert.throws(() => clientIdFrom('sink', Buffer.alloc(15), []), { code: 'FACEPIPE_E_ARGUMENT' });
  assert.throws(() => clientIdFrom('facepipe-sink', Buffer.alloc(16), []), { code: 'FACEPIPE_E_ARGUMENT' });
});
