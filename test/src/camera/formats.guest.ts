import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { decodeImage, type Frame, openSource } from '@facepipe/edge/source';
import sharp from 'sharp';
import { cropFrame } from '../../../packages/edge/dist/capture/crop.js';
import { Device } from '../../../packages/edge/dist/v4l2/device.js';
import { cameraFormats } from '../../../packages/edge/dist/v4l2/format.js';
import { readOffers } from '../../../packages/edge/dist/v4l2/offer.js';
import { configure, Stream } from '../../../packages/edge/dist/v4l2/stream.js';
import { Feed, loadLoopback, loadVivid, loop, v4l2ctl, vivid } from './cameras.js';

before(async () => {
  await loadLoopback();
  await loadVivid();
});

const [width, height] = [320, 240];

/** Bytes of a picture, and what its frame is to hold. */
const raw: Record<string, { bytes: number; frame: Frame['format']; swapped?: true }> = {
  YUYV: { bytes: width * height * 2, frame: 'yuyv' },
  UYVY: { bytes: width * height * 2, frame: 'yuyv', swapped: true },
  NV12: { bytes: (width * height * 3) / 2, frame: 'nv12' },
  YU12: { bytes: (width * height * 3) / 2, frame: 'i420' },
  RGB3: { bytes: width * height * 3, frame: 'rgb' },
  GREY: { bytes: width * height, frame: 'gray' },
};

/** Shows the pictures in turn until so many frames have been taken. */
async function takeWhileShown(format: string, pictures: readonly Uint8Array[], count: number) {
  const feed = await Feed.open(loop, { format, width, height });
  let shown = 0;
  const show = () => feed.write(pictures[shown++ % pictures.length] ?? new Uint8Array());
  const timer = setInterval(show, 100);
  show();
  try {
    const warnings: string[] = [];
    const source = await openSource(`v4l2:${loop}`, {
      width,
      height,
      onWarning: (line) => warnings.push(line),
    });
    const frames: Frame[] = [];
    for await (const frame of source.frames(AbortSignal.timeout(60_000))) {
      if (frames.push(frame) === count) break;
    }
    return { frames, warnings, corrupt: source.corrupt };
  } finally {
    clearInterval(timer);
    await feed.close();
  }
}

for (const [format, { bytes, frame: frameFormat, swapped }] of Object.entries(raw)) {
  test(`${format} arrives byte for byte`, async () => {
    const pictures = Array.from({ length: 5 }, () => randomBytes(bytes));
    const { frames, warnings, corrupt } = await takeWhileShown(format, pictures, 10);
    const expected = pictures.map((picture) => (swapped ? Buffer.from(picture).swap16() : picture));
    assert.equal(frames.length, 10);
    const seen = frames.map((frame) => {
      assert.deepEqual([frame.width, frame.height, frame.format], [width, height, frameFormat]);
      return expected.findIndex((picture) => picture.equals(frame.data));
    });
    assert.ok(new Set(seen).size >= 2 && !seen.includes(-1), `frames show the pictures ${seen}`);
    assert.deepEqual([warnings, corrupt], [[], 0]);
  });
}

for (const format of ['MJPG', 'JPEG']) {
  test(`${format} arrives as the pictures that were compressed; a broken one is counted`, async () => {
    const pictures = await Promise.all(
      Array.from({ length: 5 }, () =>
        sharp(randomBytes(300), { raw: { width: 10, height: 10, channels: 3 } })
          .resize(width, height)
          .jpeg()
          .toBuffer(),
      ),
    );
    const decoded = await Promise.all(pictures.map((picture) => decodeImage(picture, { name: 'a picture' })));
    const [first = Buffer.alloc(0)] = pictures;
    const broken = first.subarray(0, first.length / 3);
    const { frames, corrupt } = await takeWhileShown(format, [...pictures, broken], 12);
    const seen = frames.map((frame) => {
      assert.deepEqual([frame.width, frame.height], [width, height]);
      return decoded.findIndex(({ data }) => Buffer.from(data).equals(frame.data));
    });
    assert.ok(new Set(seen).size >= 2 && !seen.includes(-1), `frames show the pictures ${seen}`);
    assert.ok(corrupt >= 1, `corrupt ${corrupt}`);
  });
}

/** Patterns of vivid that fill the picture with one colour. */
const colours: readonly (readonly [pattern: number, name: string, rgb: readonly [number, number, number]])[] =
  [
    [5, 'black', [0, 0, 0]],
    [6, 'white', [255, 255, 255]],
    [7, 'red', [255, 0, 0]],
    [8, 'green', [0, 255, 0]],
    [9, 'blue', [0, 0, 255]],
  ];

/** The first picture of a fresh stream. */
async function shoot(name: string): Promise<Frame> {
  const format = cameraFormats.find((known) => known.name === name);
  assert.ok(format);
  const device = await Device.open(vivid);
  const granted = configure(device, { format, width: 320, height: 180, fps: 15 });
  assert.ok(granted && granted.format.frame !== 'jpeg');
  assert.deepEqual([granted.format.name, granted.width, granted.height], [name, 320, 180]);
  const stream = new Stream(device, granted);
  try {
    for await (const { data, taken } of stream.shots(AbortSignal.timeout(60_000), true)) {
      return { ...granted, data, format: granted.format.frame, number: 1, captured: new Date(taken) };
    }
    throw new Error('no picture came');
  } finally {
    stream.close();
  }
}

test('each format that vivid has shows its colours', async () => {
  const device = await Device.open(vivid);
  const offered = readOffers(device).map(({ format }) => format);
  device.close();
  const read = cameraFormats.map(({ name }) => name).filter((name) => offered.includes(name));
  assert.deepEqual(read, ['YUYV', 'NV12', 'YU12', 'UYVY', 'RGB3', 'GREY']);
  await v4l2ctl(vivid, '--set-ctrl=osd_text_mode=2');
  for (const [pattern, colour, rgb] of colours) {
    await v4l2ctl(vivid, `--set-ctrl=test_pattern=${pattern}`);
    for (const name of read) {
      const frame = await shoot(name);
      const { data } = cropFrame(frame, { x: 160, y: 90, width: 1, height: 1 });
      const wanted = name === 'GREY' ? [0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]] : rgb;
      const far = wanted.some((value, channel) => Math.abs(value - (data[channel] ?? Number.NaN)) > 4);
      assert.ok(!far, `${colour} in ${name} is ${[...data]}, expected ${wanted}`);
    }
  }
  await v4l2ctl(vivid, '--set-ctrl=osd_text_mode=0', '--set-ctrl=test_pattern=0');
});
