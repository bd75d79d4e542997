import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { decodeReceipt, encodeReceipt } from '../../dist/message/receipt.js';

test('a receipt carries ULIDs and digests', () => {
  const ids = [newId(), newId(), 'a0'.repeat(32)];
  assert.deepEqual(decodeReceipt(encodeReceipt({ ids })), { ids, dead: [], via: [] });
  const via = ['forward-1'];
  assert.deepEqual(decodeReceipt(encodeReceipt({ ids, via })), { ids, dead: [], via });
  assert.equal(encodeReceipt({ ids: ['x'] }).toString(), '{"ids":["x"]}');
});

test('a receipt names the dead with reason and digest, and nothing else', () => {
  const dead = [{ id: newId(), reason: 'not-an-image', sha256: 'b1'.repeat(32) }];
  assert.deepEqual(decodeReceipt(encodeReceipt({ ids: [], dead })), { ids: [], dead, via: [] });
  const more = { ids: [], dead: [{ ...dead[0], note: 'x' }] };
  assert.deepEqual(decodeReceipt(Buffer.from(JSON.stringify(more))).dead, dead);
  for (const fault of [
    { id: 'b1'.repeat(32) },
    { reason: 'not an image' },
    { reason: '\u001b[2J' },
    { sha256: 'B1'.repeat(32) },
    { sha256: undefined },
  ]) {
    const payload = Buffer.from(JSON.stringify({ ids: [], dead: [{ ...dead[0], ...fault }] }));
    assert.throws(() => decodeReceipt(payload), { code: 'FACEPIPE_E_RECEIPT_INVALID' });
  }
});

test('what is no receipt is refused', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{}',
    '{"ids":"x"}',
    '{"ids":[1]}',
    '{"ids":["../../etc"]}',
    '{"ids":["A0"]}',
    '{"ids":[],"via":"x"}',
    JSON.stringify({ ids: [], via: Array.from({ length: 101 }, () => 'x') }),
    '{"ids":[],"dead":{}}',
    '{"ids":[],"dead":[null]}',
    '\xff',
  ]) {
    assert.throws(() => decodeReceipt(Buffer.from(text)), { code: 'FACEPIPE_E_RECEIPT_INVALID' }, text);
  }
});

test('a receipt names at most 10,000 faces, and its names are short', () => {
  const ids = Array.from({ length: 10_000 }, () => newId());
  assert.equal(decodeReceipt(encodeReceipt({ ids })).ids.length, 10_000);
  const dead = [{ id: newId(), reason: 'not-an-image', sha256: 'b1'.repeat(32) }];
  for (const [payload, reason] of [
    [encodeReceipt({ ids, dead }), /names more than 10000 faces/],
    [encodeReceipt({ ids: [], via: ['x'.repeat(257)] }), /too long/],
    [Buffer.alloc(2 * 2 ** 20 + 1, '['), /larger than 2097152 bytes/],
  ] as const) {
    assert.throws(() => decodeReceipt(payload), {
      code: 'FACEPIPE_E_RECEIPT_INVALID',
      message: reason,
    });
  }
});
