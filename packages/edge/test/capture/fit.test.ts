import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { decodeFace, type ImageFormat, type Pixels, packetSize } from '@facepipe/wire';
import { faceFacts } from '../../../wire/dist-test/face-facts.js';
import { attempts, encodeToFit } from '../../dist/capture/fit.js';

const facts = faceFacts();

/** Noise: what compresses worst. */
function noise(channels: 1 | 3, width = 200, height = 160): Pixels {
  const data = new Uint8Array(width * height * channels);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { data, width, height, channels };
}

const fit = (format: ImageFormat, limit: number | undefined, channels: 1 | 3 = 3) =>
  encodeToFit(noise(channels), facts, { topic: 'facepipe/door/faces', qos: 1, format, quality: 90, limit });

test('quality goes first, then pixels; a PNG has pixels only', () => {
  assert.deepEqual([...attempts('jpeg', 90)].slice(0, 4), [
    { scale: 1, quality: 90 },
    { scale: 1, quality: 75 },
    { scale: 1, quality: 50 },
    { scale: 0.7, quality: 50 },
  ]);
  assert.deepEqual([...attempts('jpeg', 40)].slice(0, 2), [
    { scale: 1, quality: 40 },
    { scale: 0.7, quality: 40 },
  ]);
  assert.deepEqual([...attempts('png', 90)].slice(0, 2), [
    { scale: 1, quality: 90 },
    { scale: 0.7, quality: 90 },
  ]);
});

for (const format of ['png', 'jpeg', 'webp'] as const) {
  for (const channels of [1, 3] as const) {
    test(`a ${format} of ${channels} channels fits where there is a limit, and says where it was`, async () => {
      const whole = await fit(format, undefined, channels);
      assert.equal(whole.reduced, false);
      const size = packetSize(whole.message, 5);
      assert.equal((await fit(format, size, channels)).reduced, false);
      const limit = Math.round(size / 5);
      const { message, reduced } = await fit(format, limit, channels);
      assert.ok(reduced);
      assert.ok(packetSize(message, 5) <= limit);
      const incoming = { ...message, qos: 1, retain: false, duplicate: false, userProperties: {} } as const;
      const { facts: read, format: kept } = await decodeFace(incoming);
      assert.equal(kept, format);
      assert.deepEqual(read, facts);
      const again = await fit(format, limit, channels);
      const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
      assert.equal(digest(again.message.payload), digest(message.payload), 'the same bytes each time');
    });
  }
}

test('where the smallest is too large it is refused', async () => {
  await assert.rejects(fit('png', 500), {
    code: 'FACEPIPE_E_FACE_TOO_LARGE',
    message: /message of 500 bytes/,
  });
});

test('a context that is made smaller says how large it is, and where the face is in that', async () => {
  const pixels = noise(3, 640, 480);
  const frameSize = { width: 640, height: 480 };
  const face = { x: 10, y: 20, width: 200, height: 160 };
  const context = { ...facts, frameSize, box: face, kind: 'context', of: newId() } as const;
  const fitting = {
    topic: 'facepipe/door/faces',
    qos: 1,
    format: 'png',
    quality: 90,
    limit: 300_000,
  } as const;
  const { message, reduced } = await encodeToFit(pixels, context, fitting);
  assert.ok(reduced);
  const incoming = { ...message, qos: 1, retain: false, duplicate: false, userProperties: {} } as const;
  const { facts: read, width, height } = await decodeFace(incoming);
  assert.deepEqual(read?.frameSize, { width, height });
  const by = width / 640;
  assert.ok(by < 1);
  for (const side of ['x', 'y', 'width', 'height'] as const)
    assert.ok(Math.abs((read?.box[side] ?? 0) - face[side] * by) <= 0.5, side);
  assert.deepEqual(message.userProperties?.of, context.of);
});
