import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryKey, stateKey } from '../../dist/spool/key.js';
import { seal } from '../../dist/spool/sealed.js';
import { decodeEntry, decodeState, encodeEntry, encodeState } from '../../dist/spool/state.js';

const entry = {
  ...{ seq: 80, id: '01JD0000000000000000000001', accepted: 5, owed: ['mqtt://a:1883'] },
  ...{ segment: 2, offset: 700, bytes: 900 },
};
const state = {
  ...{ stream: '01JD0000000000000000000000', earlier: [], seq: 80, id: entry.id, faces: 1, sum: 12 },
  ...{ dropped: { 'mqtt://a:1883': 3 }, written: { segment: 2, end: 1600 }, time: 9, wall: 1e12, counted: 0 },
};

const flipped = (value: Buffer, bit: number) => {
  const spoilt = Buffer.from(value);
  spoilt.writeUInt8(spoilt.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return spoilt;
};

test('what is written comes back, and no flipped bit of it does', () => {
  const key = entryKey(entry.seq);
  const [ofEntry, ofState] = [encodeEntry(entry), encodeState(state)];
  assert.deepEqual(decodeEntry(key, ofEntry), entry);
  assert.deepEqual(decodeState(ofState), { state });
  for (let bit = 0; bit < 8 * ofEntry.length; bit++)
    assert.equal(decodeEntry(key, flipped(ofEntry, bit)), undefined, `bit ${bit}`);
  for (let bit = 0; bit < 8 * ofState.length; bit++)
    assert.deepEqual(decodeState(flipped(ofState, bit)), {}, `bit ${bit}`);
  assert.equal(decodeEntry(entryKey(81), ofEntry), undefined, 'the value of another key');
  assert.deepEqual(decodeState(Buffer.alloc(ofState.length)), {});
});

test('format 1 is read, where nothing of it is missing', () => {
  const { seq, ...rest } = entry;
  assert.deepEqual(decodeEntry(entryKey(seq), Buffer.from(JSON.stringify(rest))), entry);
  const { owed: _, ...less } = rest;
  assert.equal(decodeEntry(entryKey(seq), Buffer.from(JSON.stringify(less))), undefined);
  const { sum, earlier, written, counted, ...old } = state;
  assert.deepEqual(decodeState(Buffer.from(JSON.stringify({ format: 1, ...old }))), { state: old });
  assert.deepEqual(decodeState(Buffer.from(JSON.stringify({ format: 1, ...old, faces: undefined }))), {});
});

test('a later format is told from damage', () => {
  const later = seal(stateKey, JSON.stringify({ ...state, format: 3 }));
  assert.deepEqual(decodeState(later), { version: 3 });
});
