import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pixels } from '@facepipe/wire';
import { mosaic } from '../../dist/capture/mosaic.js';

const always = () => true;

/** 6 × 4 pixels, each of its own value. */
function ramp(channels: 1 | 3): Pixels {
  const data = new Uint8Array(6 * 4 * channels);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(i / channels) * 4 + (i % channels);
  return { data, width: 6, height: 4, channels };
}

test('a box becomes blocks of one colour, and the rest stays as it is', () => {
  for (const channels of [1, 3] as const) {
    const pixels = ramp(channels);
    const before = ramp(channels);
    mosaic(pixels, { x: 1, y: 1, width: 3, height: 2 }, 2, always);
    const at = ({ data }: Pixels, x: number, y: number) =>
      [...data.subarray((y * 6 + x) * channels, (y * 6 + x + 1) * channels)].map(Number);
    // 7, 8, 13 and 14, each times four
    const mean = channels === 1 ? [42] : [42, 43, 44];
    for (const [x, y] of [
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 2],
    ] as const)
      assert.deepEqual(at(pixels, x, y), mean);
    // the last column is a block of its own: 9 and 15
    assert.deepEqual(at(pixels, 3, 1)[0], 48);
    assert.deepEqual(at(pixels, 3, 2)[0], 48);
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 6; x++)
        if (x < 1 || x > 3 || y < 1 || y > 2) assert.deepEqual(at(pixels, x, y), at(before, x, y));
  }
});

test('what is not covered keeps its pixels, and shows in no block', () => {
  const pixels = ramp(1);
  pixels.data[0] = 255;
  mosaic(pixels, { x: 0, y: 0, width: 2, height: 2 }, 2, (x, y) => x + y > 0);
  assert.deepEqual([...pixels.data.subarray(0, 2), ...pixels.data.subarray(6, 8)], [255, 19, 19, 19]);
});
