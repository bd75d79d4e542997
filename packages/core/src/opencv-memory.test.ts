import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from './detector.js';
import type { Image } from './image.js';
import { openOpenCvHost } from './opencv-module.js';
import { cropped, grayPhoto } from './photo.test.support.js';

const rounds = 10_000;

/** Larger than any hole in the library's memory, so that malloc takes it from the top. */
const probe = 24 << 20;

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

  const marks: { top: number; heap: number; rss: number }[] = [];
  let faces = 0;
  for (let round = 0; round < rounds; round++) {
    const image = images[round % images.length] as Image;
    faces += (await detector.detect(image, { minSize: 70, scaleFactor: 1.2 })).length;
    if ((round + 1) % (rounds / 4) === 0) {
      marks.push({ top: top(), heap: cv.HEAPU8.length, rss: process.memoryUsage.rss() });
    }
  }
  await detector.close();

  const [, half, , end] = marks;
  assert.ok(half && end);
  assert.ok(faces > rounds / 2, `${faces} faces: the pictures must have some, or no box could leak`);
  assert.equal(end.top, half.top, "the top of OpenCV's memory");
  assert.equal(end.heap, half.heap, "the size of OpenCV's memory");
  const grown = (end.rss - half.rss) / 2 ** 20;
  assert.ok(grown < 16, `resident memory grew by ${grown.toFixed(1)} MB in the last half`);
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
