import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Image } from '../dist/image.js';
import { createDetector } from '../dist/index.js';
import { openOpenCvHost } from '../dist/opencv-module.js';
import { collectGarbage } from './collect-garbage.js';
import { cropped, grayPhoto } from './photo.js';

const rounds = 10_000;

/** Larger than any hole in the library's memory, so that malloc takes it from the top. */
const probe = 24 << 20;

/** Bytes that JavaScript holds: resident memory also tells how V8 sizes its heap. */
function held(): number {
  assert.ok(collectGarbage);
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test(`${rounds} detections on alternating sizes leave memory flat`, async () => {
  const photo = await grayPhoto('astronaut');
  const images = (
    [
      [170, 60, 110, 110],
      [160, 50, 120, 130],
      [175, 64, 97, 100],
      [150, 60, 140, 102],
    ] as const
  ).map((crop): Image => ({ ...cropped(photo, crop), format: 'gray' }));
  const detector = await createDetector({ engine: 'opencv' });
  const { cv } = (await openOpenCvHost())();

  /** How far up OpenCV's memory is in use: a few bytes lost in every call move it. */
  function top(): number {
    const pointer = cv._malloc(probe);
    cv._free(pointer);
    return pointer;
  }

  const marks: { top: number; heap: number; held: number }[] = [];
  let faces = 0;
  for (let round = 0; round < rounds; round++) {
    const image = images[round % images.length] as Image;
    faces += (await detector.detect(image, { minSize: 70, scaleFactor: 1.2 })).length;
    if ((round + 1) % (rounds / 4) === 0) {
      marks.push({ top: top(), heap: cv.HEAPU8.length, held: held() });
    }
  }
  await detector.close();

  const [, half, , end] = marks;
  assert.ok(half && end);
  assert.ok(faces > rounds / 2, `${faces} faces: the pictures must have some, or no box could leak`);
  assert.equal(end.top, half.top, "the top of OpenCV's memory");
  assert.equal(end.heap, half.heap, "the size of OpenCV's memory");
  const grown = (end.held - half.held) / 2 ** 20;
  assert.ok(grown < 1, `the memory of JavaScript grew by ${grown.toFixed(1)} MB in the last half`);
});

test('detectors that are closed leave nothing behind', async () => {
  const { cv } = (await openOpenCvHost())();
  const image: Image = { data: new Uint8Array(64 * 64), width: 64, height: 64, format: 'gray' };
  const tops: number[] = [];
  for (let round = 0; round < 30; round++) {
    const detector = await createDetector({ cascade: 'lbpcascade_frontalface', engine: 'opencv' });
    await detector.detect(image);
    await detector.close();
    const pointer = cv._malloc(probe);
    cv._free(pointer);
    tops.push(pointer);
  }
  assert.equal(tops.at(-1), tops[10]);
});
