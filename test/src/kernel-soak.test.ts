import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createDetector, type Image } from '@facepipe/core';
import { decodeImage } from 'facepipe';

// FACEPIPE_SOAK_CALLS=100000 is the long form
const calls = Number(process.env.FACEPIPE_SOAK_CALLS ?? 10_000);
const photo = new URL('../../packages/cli/photos/astronaut.png', import.meta.url).pathname;

/** A few sizes in turn, so that buffers sized for the last image would have to be made again. */
async function parts(): Promise<Image[]> {
  const { data, width } = await decodeImage(photo);
  const cut = (x: number, y: number, wide: number, high: number): Image => {
    const pixels = new Uint8Array(wide * high);
    for (let row = 0; row < high; row++) {
      for (let column = 0; column < wide; column++) {
        pixels[row * wide + column] = data[((y + row) * width + x + column) * 3 + 1] ?? 0;
      }
    }
    return { data: pixels, width: wide, height: high, format: 'gray' };
  };
  return [cut(170, 60, 110, 110), cut(160, 50, 120, 130), cut(175, 64, 97, 100), cut(150, 60, 140, 102)];
}

async function soak(t: TestContext, threads: number): Promise<void> {
  const images = await parts();
  const detector = await createDetector({ engine: 'simd', threads });
  t.diagnostic(detector.engine);
  assert.equal(detector.threads, threads);
  const marks: { resident: number; buffers: number }[] = [];
  let faces = 0;
  for (let call = 0; call < calls; call++) {
    const image = images[call % images.length];
    assert.ok(image);
    faces += (await detector.detect(image, { minSize: 70, scaleFactor: 1.2 })).length;
    if ((call + 1) % Math.floor(calls / 4) !== 0) continue;
    const { rss, external } = process.memoryUsage();
    marks.push({ resident: rss, buffers: external });
  }
  await detector.close();
  assert.ok(faces > calls / 2, `${faces} faces: the pictures must have some, or none could leak`);
  const [, half] = marks;
  const last = marks.at(-1);
  assert.ok(half && last);
  const grown = (key: 'resident' | 'buffers') => (last[key] - half[key]) / 2 ** 20;
  t.diagnostic(`in the last half: resident ${grown('resident')} MB, buffers ${grown('buffers')} MB`);
  // each thread has a heap that breathes, and takes tens of thousands of calls to find its size
  const most = (calls < 100_000 ? 24 : 8) * threads;
  assert.ok(grown('resident') < most, `resident memory grew by ${grown('resident').toFixed(1)} MB`);
  assert.ok(grown('buffers') < 1, `buffers grew by ${grown('buffers').toFixed(1)} MB`);
}

for (const threads of [1, 2]) {
  test(`${calls} detections by ${threads} thread${threads === 1 ? '' : 's'} leave memory flat`, (t) =>
    soak(t, threads));
}
