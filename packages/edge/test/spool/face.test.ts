import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { decodeSpooled, encodeSpooled } from '../../dist/spool/face.js';

const identity = { id: '01JD0000000000000000000001', stream: '01JD0000000000000000000000', seq: 7 };
const { id, stream } = identity;
const face = {
  topic: 'facepipe/Tür/faces',
  qos: 1 as const,
  contentType: 'image/png',
  userProperties: { id: 'x', device: 'Tür' },
  payload: Buffer.from([0, 1, 2, 255]),
};
const named = { ...face, userProperties: { device: 'Tür', id, stream, seq: '7' } };

test('a face comes back as it was, with who it is', () => {
  assert.deepEqual(decodeSpooled(encodeSpooled(face, identity)), { face, identity });
  assert.deepEqual(decodeSpooled(encodeSpooled(named, identity)), { face: named, identity });
  const empty = { topic: 't', payload: Buffer.alloc(0) };
  assert.deepEqual(decodeSpooled(encodeSpooled(empty, identity)), { face: empty, identity });
});

test('what a face says of itself is not kept twice', () => {
  const { stream: _, ...halfNamed } = named.userProperties;
  const half = { ...named, userProperties: halfNamed };
  const length = (kept: typeof face) =>
    encodeSpooled(kept, identity).length - JSON.stringify(kept.userProperties).length;
  assert.deepEqual(decodeSpooled(encodeSpooled(half, identity)), { face: half, identity });
  assert.equal(length(half) - length(named), JSON.stringify({ kept: { stream } }).length - 1);
  const other = { ...identity, seq: 8 };
  assert.deepEqual(decodeSpooled(encodeSpooled(named, other)), { face: named, identity: other });
});

test('a record of format 1 comes back, too', () => {
  const { payload, ...header } = named;
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.concat([Buffer.alloc(8), json, payload]);
  bytes.writeUInt32LE(json.length, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  assert.deepEqual(decodeSpooled(bytes), { face: named, identity });
});

test('any flipped bit, any cut and any tail are noticed', () => {
  const bytes = encodeSpooled(face, identity);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const spoilt = Buffer.from(bytes);
    spoilt.writeUInt8(spoilt.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    assert.equal(decodeSpooled(spoilt), undefined, `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length++)
    assert.equal(decodeSpooled(bytes.subarray(0, length)), undefined, `${length} bytes`);
  assert.equal(decodeSpooled(Buffer.concat([bytes, Buffer.alloc(1)])), undefined);
});

test('a record whose checksum is right and whose header is none is no face', () => {
  const headers = [
    '',
    '{',
    'null',
    '7',
    '[]',
    '{"topic":1}',
    '{"topic":"t","qos":3}',
    '{"topic":"t","qos":null}',
  ];
  const properties = ['null', '"x"', '{"id":1}'].map((value) => `{"topic":"t","userProperties":${value}}`);
  for (const header of [...headers, ...properties]) {
    const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(header), Buffer.from('picture')]);
    bytes.writeUInt32LE(header.length, 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
    assert.equal(decodeSpooled(bytes), undefined, header);
  }
});
