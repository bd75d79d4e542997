import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDetector, type Image, type PixelFormat } from '@facepipe/core';
import type { RejectedFace } from '../../dist/capture/face-detector.js';
import { type FaceDetectorOptions, openTwoStageDetector } from '../../dist/capture/two-stage-detector.js';
import { decodeImage } from '../../dist/source/image.js';
import { overlap } from '../../dist/visit/overlap.js';

const photo = (name: string) => decodeImage(fileURLToPath(new URL(`../../photos/${name}`, import.meta.url)));
const [astronaut, profile] = await Promise.all(['astronaut.png', 'camera.png'].map(photo));
if (!astronaut || !profile) assert.fail('no photographs');
const pictures: readonly Image[] = [astronaut, profile, mirrored(profile)];
const joined: FaceDetectorOptions = { cascade: ['frontalface_alt2', 'profileface'] };
const minSize = 30;

async function look(options: FaceDetectorOptions, image: Image, minNeighbors = 1) {
  const detector = await openTwoStageDetector(options);
  try {
    const faces = await detector.detect(image, { minSize, minNeighbors });
    return { faces, counts: { ...detector.counts }, verifier: detector.verifier };
  } finally {
    await detector.close();
  }
}

/** Left and right changed places. */
function mirrored(image: Image): Image {
  const channels = image.data.length / (image.width * image.height);
  const data = new Uint8Array(image.data.length);
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    const [row, column] = [Math.floor(pixel / image.width), pixel % image.width];
    const from = (row * image.width + image.width - 1 - column) * channels;
    data.set(image.data.subarray(from, from + channels), pixel * channels);
  }
  return { ...image, data };
}

/** An RGB picture as a camera gives it, BT.601 in the limited range; the colour of every other pixel counts. */
function asCamera({ data, width, height }: Image, format: PixelFormat): Image {
  const at = (x: number, y: number) => data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3);
  const yuv = (x: number, y: number) => {
    const [r = 0, g = 0, b = 0] = at(x, y);
    return [
      16 + 0.257 * r + 0.504 * g + 0.098 * b,
      128 - 0.148 * r - 0.291 * g + 0.439 * b,
      128 + 0.439 * r - 0.368 * g - 0.071 * b,
    ].map(Math.round);
  };
  const pixels = width * height;
  const out = new Uint8Array(format === 'yuyv' ? pixels * 2 : pixels * 1.5);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [luma = 0, u = 0, v = 0] = yuv(x, y);
      const half = (y >> 1) * (width >> 1) + (x >> 1);
      if (format === 'yuyv') {
        const pair = (y * width + (x & ~1)) * 2;
        out[pair + (x & 1) * 2] = luma;
        out[pair + 1] = u;
        out[pair + 3] = v;
      } else {
        out[y * width + x] = luma;
        const [toU, toV] = format === 'nv12' ? [half * 2, half * 2 + 1] : [half, half + pixels / 4];
        out[pixels + toU] = u;
        out[pixels + toV] = v;
      }
    }
  return { data: out, width, height, format };
}

test('one cascade without the network answers as core’s detector does, profiles too', async () => {
  for (const cascade of ['frontalface_alt2', 'profileface']) {
    const plain = await createDetector({ cascade });
    for (const image of pictures)
      for (const minNeighbors of [0, 3]) {
        const { faces, verifier } = await look({ cascade }, image, minNeighbors);
        assert.deepEqual(faces, await plain.detect(image, { minSize, minNeighbors }));
        assert.equal(verifier, undefined);
      }
    await plain.close();
  }
});

test('joined cascades find faces from the front and from either side, each once', async () => {
  const front = await look(joined, astronaut, 3);
  assert.equal(front.faces.length, 1);
  const side = await look(joined, profile, 3);
  assert.deepEqual(side.counts.candidates, side.faces.length);
  const other = await look(joined, mirrored(profile), 3);
  assert.ok(side.faces.length > 0);
  // what profileface alone finds in the picture, and in its mirror
  const [one, two, frontal] = await Promise.all([
    look({ cascade: 'profileface' }, profile, 3),
    look({ cascade: 'profileface' }, mirrored(profile), 3),
    look({ cascade: 'frontalface_alt2' }, profile, 3),
  ]);
  const hits = (...looks: (typeof side)[]) =>
    looks.flatMap(({ faces }) => faces).reduce((sum, { neighbors }) => sum + neighbors, 0);
  assert.ok(hits(two) > 0);
  assert.equal(hits(side), hits(one, two, frontal));
  for (const face of side.faces) {
    const there = { ...face, x: profile.width - face.x - face.width };
    assert.ok(other.faces.some((found) => overlap(found, there) > 0.5));
  }
});

suite('the network', () => {
  test('confirms a face, places the box, and says how sure it is', async () => {
    const plain = await look({ cascade: 'frontalface_alt2' }, astronaut, 3);
    const { faces, counts, verifier } = await look({ cascade: 'frontalface_alt2', verify: 0.5 }, astronaut);
    assert.equal(faces.length, 1);
    const [face] = faces;
    assert.ok(face?.verify !== undefined && face.verify >= 0.5 && face.verify <= 1);
    assert.ok(plain.faces[0] && overlap(plain.faces[0], face) > 0.5);
    assert.ok([face.x, face.y, face.width, face.height].every(Number.isInteger));
    assert.ok(verifier);
    assert.equal(counts.confirmed + counts.rejected, counts.candidates);
    assert.ok(counts.confirmed >= 1 && counts.searching > 0 && counts.verifying > 0);
  });

  test('rejects what is no face: of all raw hits only those of the face are left', async () => {
    const options = { cascade: 'frontalface_default' };
    const raw = await look(options, astronaut, 0);
    const { faces, counts } = await look({ ...options, verify: 0.5 }, astronaut, 0);
    assert.equal(faces.length, 1);
    assert.ok(counts.rejected > 0 && counts.candidates < raw.faces.length);
  });

  test('finds the same face in what a camera gives', async () => {
    const options = { cascade: 'frontalface_alt2', verify: 0.5 };
    const [expected] = (await look(options, astronaut)).faces;
    for (const format of ['yuyv', 'nv12', 'i420'] as const) {
      const { faces } = await look(options, asCamera(astronaut, format));
      assert.equal(faces.length, 1, format);
      assert.ok(faces[0] && expected && overlap(faces[0], expected) > 0.8, format);
    }
  });

  test('finds nothing where it is asked to be surer than it is', async () => {
    const { faces, counts } = await look({ cascade: 'frontalface_alt2', verify: 0.999 }, astronaut);
    assert.deepEqual([faces, counts.confirmed], [[], 0]);
  });

  test('each candidate it rejects is told, with its score, as the cascade proposed it', async () => {
    const rejected: RejectedFace[] = [];
    const options = { cascade: 'frontalface_alt2', verify: 0.999 } as const;
    const detector = await openTwoStageDetector(options, (face) => rejected.push(face));
    const alone = await look({ cascade: 'frontalface_alt2' }, astronaut);
    assert.deepEqual(await detector.detect(astronaut, { minSize, minNeighbors: 1 }), []);
    await detector.close();
    assert.equal(rejected.length, detector.counts.rejected);
    assert.deepEqual(
      rejected.map(({ verify: _, ...face }) => face),
      alone.faces,
    );
    for (const { verify = -1 } of rejected) assert.ok(verify >= 0 && verify < 0.999);
  });
});

test('options that cannot be used are refused in one sentence', async () => {
  const open = (options: unknown) => openTwoStageDetector(options as FaceDetectorOptions);
  for (const verify of [0, 1, -1, 2, Number.NaN, '0.5', true])
    await assert.rejects(open({ verify }), { code: 'FACEPIPE_E_ARGUMENT', message: /options\.verify/ });
  await assert.rejects(open({ cascade: [] }), { code: 'FACEPIPE_E_ARGUMENT' });
  await assert.rejects(open({ cascade: ['frontalface_alt2', 'nobody'] }), {
    code: 'FACEPIPE_E_CASCADE_UNKNOWN',
  });
  await assert.rejects(open({ cascades: 'frontalface_alt2' }), { code: 'FACEPIPE_E_ARGUMENT' });
});
