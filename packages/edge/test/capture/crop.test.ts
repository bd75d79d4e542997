import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cropFrame, padBox } from '../../dist/capture/crop.js';

const frame = (width: number, height: number, format: 'gray' | 'rgb') => {
  const channels = format === 'gray' ? 1 : 3;
  const data = Uint8Array.from({ length: width * height * channels }, (_, index) => index);
  return { data, width, height, format, number: 1, captured: new Date(0) };
};

test('a crop is a copy of the box’s rows', () => {
  const gray = frame(4, 3, 'gray');
  const crop = cropFrame(gray, { x: 1, y: 1, width: 2, height: 2 });
  assert.deepEqual(crop, { data: Uint8Array.of(5, 6, 9, 10), width: 2, height: 2, channels: 1 });
  gray.data.fill(0);
  assert.equal(crop.data[0], 5);
  const rgb = cropFrame(frame(3, 2, 'rgb'), { x: 2, y: 0, width: 1, height: 2 });
  assert.deepEqual([...rgb.data], [6, 7, 8, 15, 16, 17]);
});

test('padding grows the box on every side and stops at the frame', () => {
  const size = { width: 100, height: 80 };
  assert.deepEqual(padBox({ x: 40, y: 30, width: 20, height: 10 }, 0.5, size), {
    x: 30,
    y: 25,
    width: 40,
    height: 20,
  });
  assert.deepEqual(padBox({ x: 5, y: 70, width: 20, height: 10 }, 1, size), {
    x: 0,
    y: 60,
    width: 45,
    height: 20,
  });
  assert.deepEqual(padBox({ x: 1, y: 2, width: 3, height: 4 }, 0, size), { x: 1, y: 2, width: 3, height: 4 });
});
