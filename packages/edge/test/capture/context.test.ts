import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { toRgb } from '@facepipe/core';
import type { Box, Pixels } from '@facepipe/wire';
import sharp from 'sharp';
import { ContextFrame, gridOf } from '../../dist/capture/context.js';
import { openFaceDetector } from '../../dist/capture/open-face-detector.js';
import type { OpenFaceDetector } from '../../dist/capture/two-stage-detector.js';
import type { Frame } from '../../dist/source/source.js';
import { overlap } from '../../dist/visit/overlap.js';

const photo = (name: string) => fileURLToPath(new URL(`../../photos/${name}`, import.meta.url));
const detection = { minNeighbors: 1, minSize: 30 };
const left = await sharp(photo('astronaut.png')).resize(480, 480).toBuffer();
const right = await sharp(photo('grace_hopper.jpg'))
  .resize(480, 480, { fit: 'cover', position: 'top' })
  .toBuffer();
const background = { width: 960, height: 480, channels: 3, background: '#888' } as const;
const data = await sharp({ create: background })
  .composite([
    { input: left, left: 0, top: 0 },
    { input: right, left: 480, top: 0 },
  ])
  .removeAlpha()
  .raw()
  .toBuffer();
/** Two people, side by side. */
const frame: Frame = { data, width: 960, height: 480, format: 'rgb', number: 1, captured: new Date(1e12) };
const grayFrame: Frame = {
  ...frame,
  data: await sharp(data, { raw: { width: 960, height: 480, channels: 3 } })
    .toColourspace('b-w')
    .raw()
    .toBuffer(),
  format: 'gray',
};

const open = new Map<string, Promise<OpenFaceDetector>>();
const detectors = {
  network: { engine: 'blaze' },
  'cascade and network': { cascade: 'frontalface_alt2', width: 640, verify: 0.5 },
  cascade: { cascade: 'frontalface_alt2', width: 320 },
} as const;
function detectorOf(name: keyof typeof detectors): Promise<OpenFaceDetector> {
  const known = open.get(name) ?? openFaceDetector(detectors[name]);
  open.set(name, known);
  return known;
}
after(async () => {
  for (const detector of open.values()) await (await detector).close();
});

const imageOf = ({ data, width, height, channels }: Pixels) =>
  ({ data, width, height, format: channels === 1 ? 'gray' : 'rgb' }) as const;

const own = { x: 160, y: 60, width: 100, height: 100 };
const other = { x: 630, y: 110, width: 200, height: 200 };

/** The faces at these two places, as they are found. */
async function facesOf(detector: OpenFaceDetector) {
  const faces = await detector.detect(frame, detection);
  return [own, other].map(
    (place) => faces.find((face) => overlap(face, place) > 0.4) ?? assert.fail('not found'),
  );
}

for (const name of Object.keys(detectors) as (keyof typeof detectors)[])
  for (const width of [320, 640, 2000])
    test(`of two people one is to be seen, ${name}, ${width} pixels wide`, async () => {
      const detector = await detectorOf(name);
      const both = await facesOf(detector);
      for (const [n, face] of both.entries()) {
        const counted = { ...detector.counts };
        const whole = new ContextFrame(frame, [], { width, detector, detection });
        const { pixels, box } = await whole.contextOf(face);
        const { candidates, confirmed, rejected } = detector.counts;
        assert.deepEqual(
          { ...counted, candidates, confirmed, rejected },
          counted,
          'what is hidden is not counted',
        );
        assert.deepEqual([pixels.width, pixels.height], [Math.min(width, 960), Math.min(width, 960) / 2]);
        const scale = pixels.width / 960;
        const scaled = (place: Box): Box => ({
          x: place.x * scale,
          y: place.y * scale,
          width: place.width * scale,
          height: place.height * scale,
        });
        assert.ok(overlap(box, scaled(face)) > 0.9, JSON.stringify(box));
        const hidden = both[1 - n];
        assert.ok(hidden);
        // not even a weak look at the other one is left
        const looking = { expected: [scaled(hidden)] };
        const found = await detector.detect(imageOf(pixels), { ...detection, minSize: 20 }, looking);
        const others = found.filter((one) => overlap(one, scaled(hidden)) > 0.2);
        assert.deepEqual(others, [], `face ${n}`);
      }
    });

/** A detector that finds nobody. */
const blind = { engine: 'none', cascade: 'none', detect: async () => [] };
const colours = (pixels: Pixels, { x, y, width, height }: Box): number => {
  const { data } = toRgb(imageOf(pixels), { x, y, width, height });
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += 3)
    seen.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
  return seen.size;
};

test('who was seen before is covered, though no detector finds them now; the face itself is as it was', async () => {
  for (const picture of [frame, grayFrame]) {
    const whole = new ContextFrame(picture, [other, own], { width: 960, detector: blind, detection });
    const { pixels, box } = await whole.contextOf(own);
    assert.deepEqual(box, own);
    assert.ok(colours(pixels, other) <= 16);
    const before = toRgb(picture, own).data;
    assert.deepEqual(toRgb(imageOf(pixels), own).data, before);
    // the frame of one is the frame of the other too, each with their own face
    const { pixels: turned } = await whole.contextOf(other);
    assert.deepEqual(toRgb(imageOf(turned), other).data, toRgb(picture, other).data);
    assert.ok(colours(turned, own) <= 16);
  }
});

test('an excluded area is covered, but for the face itself', async () => {
  const half = [
    { x: 0, y: 0 },
    { x: 0.5, y: 0 },
    { x: 0.5, y: 1 },
    { x: 0, y: 1 },
  ];
  const whole = new ContextFrame(frame, [], { width: 960, detector: blind, detection, exclude: [half] });
  const { pixels } = await whole.contextOf(own);
  assert.ok(colours(pixels, { x: 0, y: 240, width: 480, height: 240 }) <= 8 * 4);
  assert.deepEqual(toRgb(imageOf(pixels), own).data, toRgb(frame, own).data);
  const free = { x: 480, y: 0, width: 480, height: 480 };
  assert.deepEqual(toRgb(imageOf(pixels), free).data, toRgb(frame, free).data);
});

test('what is held of a frame is no larger than needed once it is settled', async () => {
  const whole = new ContextFrame(frame, [], { width: 320, detector: blind, detection });
  assert.equal(whole.bytes, 960 * 480 * 3);
  whole.settle();
  await whole.contextOf(own);
  assert.equal(whole.bytes, 320 * 160 * 3);
});

test('where the detector fails there is no picture, rather than one with others in it', async () => {
  const broken = { ...blind, detect: async () => Promise.reject(new Error('out of order')) };
  const whole = new ContextFrame(frame, [other], { width: 640, detector: broken, detection });
  await assert.rejects(whole.contextOf(own), /out of order/);
});

test('the network is asked about places that cover the picture, all inside it', () => {
  for (const size of [
    { width: 641, height: 479 },
    { width: 3, height: 2 },
    { width: 100, height: 400 },
  ]) {
    const places = gridOf(size);
    for (const { x, y, width, height } of places)
      assert.ok(x >= 0 && y >= 0 && width >= 1 && x + width <= size.width && y + height <= size.height);
    for (const corner of [
      [0, 0],
      [size.width - 1, size.height - 1],
    ] as const)
      assert.ok(
        places.some(
          ({ x, y, width, height }) =>
            corner[0] >= x && corner[1] >= y && corner[0] < x + width && corner[1] < y + height,
        ),
      );
  }
});
