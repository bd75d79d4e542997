import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Box } from '@facepipe/wire';
import type { MotionGate, Search } from '../../dist/motion/motion-gate.js';
import { searchOf } from '../../dist/motion/preview-search.js';

const captured = new Date(5000);
const small = {
  data: new Uint8Array(63 * 38),
  width: 63,
  height: 38,
  format: 'gray',
  number: 1,
  captured,
} as const;
const whole = { width: 500, height: 300, decode: async () => undefined };

function gateOf(search: Search): { gate: MotionGate; asked: (readonly Box[])[] } {
  const asked: (readonly Box[])[] = [];
  const look: MotionGate['look'] = (_image, _time, expected) => {
    asked.push(expected);
    return search;
  };
  return { asked, gate: { look } };
}

test('of a preview, places are those of the whole picture, in it and on even coordinates', () => {
  const { gate, asked } = gateOf({ area: 'boxes', boxes: [{ x: 2, y: 0, width: 61, height: 38 }] });
  const search = searchOf(gate, { ...small, whole }, [{ x: 100, y: 50, width: 80, height: 80 }]);
  const by = 500 / 63;
  assert.deepEqual(asked, [[{ x: 100 / by, y: 50 / by, width: 80 / by, height: 80 / by }]]);
  assert.deepEqual(search, { area: 'boxes', boxes: [{ x: 14, y: 0, width: 486, height: 300 }] });
});

test('a picture that is no preview is searched as it is', () => {
  const boxes = [{ x: 2, y: 4, width: 6, height: 8 }];
  const { gate, asked } = gateOf({ area: 'boxes', boxes });
  assert.deepEqual(searchOf(gate, small, boxes), { area: 'boxes', boxes });
  assert.deepEqual(asked, [boxes]);
});
