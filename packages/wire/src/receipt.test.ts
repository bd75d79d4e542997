import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from './id.js';
import { decodeReceipt, encodeReceipt } from './receipt.js';

test('a receipt carries ULIDs and digests', () => {
  const ids = [newId(), newId(), 'a0'.repeat(32)];
  assert.deepEqual(decodeReceipt(encodeReceipt(ids)), { ids, via: [] });
  assert.deepEqual(decodeReceipt(encodeReceipt(ids, ['forward-1'])), { ids, via: ['forward-1'] });
  assert.equal(encodeReceipt(['x']).toString(), '{"ids":["x"]}');
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
    '\xff',
  ]) {
    assert.throws(() => decodeReceipt(Buffer.from(text)), { code: 'FACEPIPE_E_RECEIPT_INVALID' }, text);
  }
});
