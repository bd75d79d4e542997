import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pictures } from '../../dist/feed/pictures.js';

const payload = (length: number) => ({ bytes: new Uint8Array(length), contentType: 'image/png' });

test('where room is short, the latest picture of a quiet device stays', () => {
  const pictures = new Pictures(30);
  assert.deepEqual(pictures.add('quiet', 'porch', payload(10)), []);
  assert.deepEqual(pictures.add('a', 'door', payload(10)), []);
  assert.deepEqual(pictures.add('b', 'door', payload(10)), []);
  assert.deepEqual(pictures.add('c', 'door', payload(10)), ['a']);
  assert.ok(pictures.get('quiet'));
  assert.equal(pictures.bytes, 30);
});

test('where all are the latest of their devices, the oldest goes', () => {
  const pictures = new Pictures(20);
  for (const device of ['a', 'b', 'c']) pictures.add(device, device, payload(10));
  assert.equal(pictures.get('a'), undefined);
  assert.equal(pictures.bytes, 20);
});

test('the same picture twice counts once', () => {
  const pictures = new Pictures(100);
  pictures.add('a', 'door', payload(10));
  pictures.add('a', 'door', payload(10));
  assert.equal(pictures.bytes, 10);
});

test('a picture larger than all the room is not kept', () => {
  const pictures = new Pictures(5);
  assert.deepEqual(pictures.add('a', 'door', payload(10)), ['a']);
  assert.equal(pictures.bytes, 0);
});
