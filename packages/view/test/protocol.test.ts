import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFrame, encodeFrame, type FrameHead } from '../dist/protocol.js';

const head: FrameHead = {
  number: 7,
  captured: 123,
  width: 320,
  height: 240,
  full: { width: 640, height: 480 },
  still: false,
  candidates: [{ box: { x: 1, y: 2, width: 3, height: 4 }, fate: 'rejected', why: 'Zürich – “no face”' }],
};

test('a frame comes back as it was', () => {
  const jpeg = Uint8Array.from([255, 216, 1, 2, 3]);
  const back = decodeFrame(encodeFrame(head, jpeg));
  assert.deepEqual(back?.head, head);
  assert.deepEqual([...(back?.jpeg ?? [])], [...jpeg]);
});

test('what is too short for a frame is none', () => {
  assert.equal(decodeFrame(new Uint8Array(3)), undefined);
  assert.equal(decodeFrame(encodeFrame(head, new Uint8Array(0)).slice(0, 40)), undefined);
});
