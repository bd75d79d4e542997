import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesPerPixel } from '../dist/image.js';
import { createDetector, type Image, type PixelFormat, toGray, toRgb } from '../dist/index.js';
import { grayPhoto } from './photo.js';

const formats = Object.keys(bytesPerPixel) as PixelFormat[];

/** Rows in memory: bytes of pixels in each, and how many. */
function rowsOf({ format, width, height }: Image): { length: number; rows: number; share: number }[] {
  const luma = { length: width, rows: height, share: 1 };
  if (format === 'nv12') return [luma, { length: width, rows: height / 2, share: 1 }];
  if (format === 'i420') return [luma, { length: width / 2, rows: height, share: 0.5 }];
  return [{ length: width * bytesPerPixel[format], rows: height, share: 1 }];
}

/** The image with every row made `stride` bytes long (half of it where i420 has colours), the last one as it is. */
function padded(image: Image, stride: number): Image {
  const bytes: number[] = [];
  let from = 0;
  for (const { length, rows, share } of rowsOf(image)) {
    for (let row = 0; row < rows; row++, from += length) {
      bytes.push(...image.data.subarray(from, from + length));
      if (from + length < image.data.length) bytes.push(...Array(stride * share - length).fill(201));
    }
  }
  return { ...image, data: Uint8Array.from(bytes), stride };
}

/** Every byte another, as far as there are so many. */
function picture(format: PixelFormat, width: number, height: number): Image {
  const data = Uint8Array.from(
    { length: width * height * bytesPerPixel[format] },
    (_, at) => (at * 37) % 256,
  );
  return { data, width, height, format };
}

for (const format of formats) {
  test(`rows of ${format} may be padded, and the last one need not be`, () => {
    const image = picture(format, 6, 4);
    const row = 6 * Math.floor(bytesPerPixel[format]);
    for (const more of [0, 2, 10]) {
      const wide = padded(image, row + more);
      assert.deepEqual(toGray(wide), toGray(image));
      assert.deepEqual(toRgb(wide), toRgb(image));
      const box = { x: 1, y: 1, width: 4, height: 2 };
      assert.deepEqual(toRgb(wide, box), toRgb(image, box));
      // as a driver's buffer is
      const whole = { ...wide, data: Uint8Array.from([...wide.data, ...Array(64).fill(77)]) };
      assert.deepEqual(toRgb(whole), toRgb(image));
      const short = { ...wide, data: wide.data.subarray(0, -1) };
      assert.throws(() => toGray(short), {
        code: 'FACEPIPE_E_ARGUMENT',
        message: `Expected Uint8Array of at least ${wide.data.length} bytes (6x4 ${format}, stride ${row + more}) for image.data but received Uint8Array of ${wide.data.length - 1} bytes of type object.`,
      });
    }
  });
}

test('a stride that holds no row, or no two halves of i420, is refused', () => {
  for (const [format, stride, expected] of [
    ['rgba', 23, 'integer of at least 24'],
    ['gray', 5, 'integer of at least 6'],
    ['nv12', 5.5, 'integer of at least 6'],
    ['yuyv', '12', 'integer of at least 12'],
    ['gray', null, 'integer of at least 6'],
  ] as const) {
    const image = { ...picture(format, 6, 4), stride: stride as number };
    const message = `Expected ${expected} for image.stride but received ${stride} of type ${typeof stride}.`;
    assert.throws(() => toGray(image), { code: 'FACEPIPE_E_ARGUMENT', message });
  }
  assert.throws(() => toGray({ ...picture('i420', 6, 4), data: new Uint8Array(99), stride: 7 }), {
    message: 'Expected even integer for image.stride of i420 but received 7 of type number.',
  });
});

test('a detector finds in padded rows what it finds without, here and in a thread of its own', async (t) => {
  const detectors = await Promise.all([createDetector(), createDetector({ worker: true })]);
  t.after(() => Promise.all(detectors.map((detector) => detector.close())));
  const photo: Image = { ...(await grayPhoto('astronaut')), format: 'gray' };
  const stride = photo.width + 64;
  const data = new Uint8Array(stride * photo.height).fill(255);
  for (let row = 0; row < photo.height; row++) {
    data.set(photo.data.subarray(row * photo.width, (row + 1) * photo.width), row * stride);
  }
  for (const detector of detectors) {
    const faces = await detector.detect(photo, { minNeighbors: 0 });
    assert.ok(faces.length > 20);
    assert.deepEqual(await detector.detect({ ...photo, data, stride }, { minNeighbors: 0 }), faces);
  }
});
