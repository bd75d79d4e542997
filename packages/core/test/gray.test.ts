import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { toGray } from '../dist/gray.js';
import type { Image, PixelFormat } from '../dist/image.js';
import { readGolden } from './golden.js';
import { grayPhoto, photoNames } from './photo.js';

const golden = await readGolden();

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** All 2²⁴ colours, red slowest, in 4096 × 4096 pixels. */
function everyColour(step: number, red: number, blue: number): Uint8Array {
  const data = new Uint8Array(step << 24).fill(0x5a);
  for (let colour = 0, at = 0; colour < 1 << 24; colour++, at += step) {
    data[at + red] = colour >> 16;
    data[at + 1] = colour >> 8;
    data[at + blue] = colour;
  }
  return data;
}

const layouts: [PixelFormat, number, number, number][] = [
  ['rgb', 3, 0, 2],
  ['rgba', 4, 0, 2],
  ['bgr', 3, 2, 0],
  ['bgra', 4, 2, 0],
];

for (const [format, step, red, blue] of layouts) {
  test(`every colour in ${format} becomes the grey that OpenCV makes of it`, () => {
    const image = toGray({ data: everyColour(step, red, blue), width: 4096, height: 4096, format });
    assert.equal(sha256(image.data), golden.gray['every rgb']);
  });
}

for (const name of photoNames) {
  test(`the photograph ${name} becomes the grey that OpenCV makes of it`, async () => {
    assert.equal(sha256((await grayPhoto(name)).data), golden.gray[name]);
  });
}

test('yuyv gives its luma, every second byte', () => {
  const data = Uint8Array.from([1, 128, 2, 129, 3, 130, 4, 131]);
  assert.deepEqual(toGray({ data, width: 2, height: 2, format: 'yuyv' }).data, Uint8Array.from([1, 2, 3, 4]));
});

for (const format of ['nv12', 'i420'] as const) {
  test(`${format} gives its luma, which comes first, in the image’s own memory`, () => {
    const data = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 128, 129, 130, 131]);
    const gray = toGray({ data, width: 4, height: 2, format });
    assert.deepEqual(gray, { data: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), width: 4, height: 2 });
    assert.equal(gray.data.buffer, data.buffer);
  });
}

test('gray shares the memory of its image, also within a larger buffer', () => {
  const memory = Uint8ClampedArray.from([9, 1, 2, 3, 4, 5, 6, 9]);
  const gray = toGray({ data: memory.subarray(1, 7), width: 3, height: 2, format: 'gray' });
  assert.deepEqual(gray, { data: Uint8Array.from([1, 2, 3, 4, 5, 6]), width: 3, height: 2 });
  memory[1] = 77;
  assert.equal(gray.data[0], 77);
});

const whole: Image = { data: new Uint8Array(12), width: 2, height: 2, format: 'rgb' };
const refused: [string, unknown, string][] = [
  [
    'no image',
    null,
    'Expected object with data, width, height and format for image but received null of type object.',
  ],
  [
    'a width of 0',
    { ...whole, width: 0 },
    'Expected integer of at least 1 for image.width but received 0 of type number.',
  ],
  [
    'a fraction',
    { ...whole, height: 1.5 },
    'Expected integer of at least 1 for image.height but received 1.5 of type number.',
  ],
  [
    'a width in words',
    { ...whole, width: '2' },
    'Expected integer of at least 1 for image.width but received 2 of type string.',
  ],
  [
    'no height',
    { ...whole, height: undefined },
    'Expected integer of at least 1 for image.height but received undefined of type undefined.',
  ],
  [
    'an unknown format',
    { ...whole, format: 'nv21' },
    'Expected one of gray, rgb, rgba, bgr, bgra, yuyv, nv12, i420 for image.format but received nv21 of type string.',
  ],
  [
    'too little data',
    { ...whole, data: new Uint8Array(11) },
    'Expected Uint8Array of 12 bytes (2x2 rgb) for image.data but received Uint8Array of 11 bytes of type object.',
  ],
  [
    'too much data',
    { ...whole, format: 'gray' },
    'Expected Uint8Array of 4 bytes (2x2 gray) for image.data but received Uint8Array of 12 bytes of type object.',
  ],
  [
    'data of another kind',
    { ...whole, data: new Float32Array(12) },
    'Expected Uint8Array of 12 bytes (2x2 rgb) for image.data but received Float32Array of 48 bytes of type object.',
  ],
  [
    'yuyv of odd width',
    { data: new Uint8Array(12), width: 3, height: 2, format: 'yuyv' },
    'Expected even integer for image.width of yuyv but received 3 of type number.',
  ],
  [
    'nv12 of odd width',
    { data: new Uint8Array(9), width: 3, height: 2, format: 'nv12' },
    'Expected even integer for image.width of nv12 but received 3 of type number.',
  ],
  [
    'i420 of odd height',
    { data: new Uint8Array(9), width: 2, height: 3, format: 'i420' },
    'Expected even integer for image.height of i420 but received 3 of type number.',
  ],
  [
    'nv12 without its colours',
    { data: new Uint8Array(8), width: 4, height: 2, format: 'nv12' },
    'Expected Uint8Array of 12 bytes (4x2 nv12) for image.data but received Uint8Array of 8 bytes of type object.',
  ],
];

for (const [what, image, message] of refused) {
  test(`${what} is refused`, () => {
    assert.throws(() => toGray(image as Image), { code: 'FACEPIPE_E_ARGUMENT', message });
  });
}
