import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import sharp from 'sharp';
import { LookRate } from '../../dist/motion/look-rate.js';
import { decodeImage, decodePreview } from '../../dist/source/image.js';
import { jpegFrames } from '../../dist/source/jpeg-frames.js';
import { Pace, pacing } from '../../dist/source/pacing.js';
import { photoPath } from '../../dist/source/person.js';
import type { Frame } from '../../dist/source/source.js';
import { handClock } from '../hand-clock.js';

const picture = await sharp(photoPath('astronaut.png')).resize(496, 304).jpeg({ quality: 90 }).toBuffer();
const never = new AbortController().signal;

async function read(bytes: Readable, onCorrupt: (message: string) => void = () => {}): Promise<Frame[]> {
  const frames: Frame[] = [];
  const reading = { name: 'test', previews: true, onCorrupt };
  for await (const frame of jpegFrames(bytes, never, reading)) frames.push(frame);
  return frames;
}

test('a preview has about the means of the picture’s blocks, and its size', async () => {
  const { whole, ...small } = await decodePreview(picture);
  const full = await decodeImage(picture);
  assert.deepEqual([whole.width, whole.height], [496, 304]);
  assert.deepEqual([small.width, small.height, small.format], [62, 38, 'rgb']);
  let off = 0;
  for (let row = 0; row < 38; row++)
    for (let column = 0; column < 62; column++) {
      let sum = 0;
      for (let y = 0; y < 8; y++)
        for (let x = 0; x < 8; x++) sum += full.data[((row * 8 + y) * 496 + column * 8 + x) * 3 + 1] ?? 0;
      off += Math.abs(sum / 64 - (small.data[(row * small.width + column) * 3 + 1] ?? 0));
    }
  // one pixel of each block instead would be off by 10
  assert.ok(off / 38 / 62 < 4, String(off / 38 / 62));
});

test('a preview is upright, as is its picture', async () => {
  const turned = await sharp(picture).withMetadata({ orientation: 6 }).toBuffer();
  const { whole, width, height } = await decodePreview(turned);
  assert.deepEqual([whole.width, whole.height, width, height], [304, 496, 38, 62]);
});

test('what a preview is of is decoded when it is wanted, with the same number and time', async () => {
  const [frame, next] = await read(Readable.from([picture, picture]));
  assert.ok(frame?.whole && next);
  assert.deepEqual([frame.width, frame.number, next.number], [62, 1, 2]);
  const full = await frame.whole.decode();
  assert.ok(full);
  assert.deepEqual([full.width, full.height, full.number], [496, 304, 1]);
  assert.equal(full.captured, frame.captured);
  assert.deepEqual(Buffer.from(full.data), Buffer.from((await decodeImage(picture)).data));
});

test('sides that are no multiple of eight are rounded down, and never to nothing', async () => {
  const odd = await sharp(picture).resize(507, 5).jpeg().toBuffer();
  const { whole, width, height } = await decodePreview(odd);
  assert.deepEqual([whole.width, whole.height, width, height], [507, 5, 63, 1]);
});

test('a picture that is cut off counts once it is wanted', async () => {
  const told: string[] = [];
  const bytes = Readable.from([picture, picture.subarray(0, -2000), picture]);
  const frames = await read(bytes, (message) => told.push(message));
  const wanted = await Promise.all(frames.map(({ whole }) => whole?.decode()));
  assert.deepEqual([wanted.filter(Boolean).length, told.length], [2, 1]);
});

test('only live sources have previews; others give every picture in full', () => {
  const paced = (...given: Parameters<typeof pacing>) => {
    const { interval, previews } = pacing(...given);
    return [interval(), previews];
  };
  assert.deepEqual(paced(false, { previews: 15, fps: 5 }), [0, false]);
  assert.deepEqual(paced(true, { previews: 20, fps: 5 }), [200, true]);
  assert.deepEqual(paced(true, { previews: () => 20 }), [50, true]);
  assert.deepEqual(paced(true, { previews: 20, width: 320 }), [50, false]);
  assert.deepEqual(paced(true, {}), [0, false]);
});

test('of pictures that come faster than they are decoded, the newest is next, and the others are counted', async () => {
  const burst = Buffer.concat(Array.from({ length: 100 }, () => picture));
  for (const live of [true, false]) {
    let skipped = 0;
    const reading = {
      name: 'test',
      live,
      onSkipped: () => {
        skipped += 1;
      },
      onCorrupt: assert.fail,
    };
    let frames = 0;
    for await (const { number } of jpegFrames(Readable.from([burst]), never, reading))
      assert.equal(number, ++frames);
    assert.equal(frames + skipped, 100);
    assert.ok(live ? frames <= 3 : skipped === 0, `${frames} of 100`);
  }
});

test('who leaves a live stream of pictures closes it', { timeout: 60_000 }, async () => {
  const bytes = new PassThrough();
  bytes.write(picture);
  for await (const _ of jpegFrames(bytes, never, { name: 'test', live: true, onCorrupt: assert.fail })) break;
  assert.ok(bytes.destroyed);
});

test('a camera at rest is looked at less often, and as often as ever from the first movement on', () => {
  const looks = new LookRate();
  const pace = new Pace(() => 1000 / looks.perSecond);
  const taken: number[] = [];
  for (let time = 0; time < 9000; time += 1000 / 30) {
    if (!pace.take(time)) continue;
    taken.push(time);
    looks.note(time, time > 5000 && time < 6000);
  }
  const within = (from: number, until: number) => taken.filter((time) => time >= from && time < until).length;
  assert.ok(within(0, 2000) >= 28 && within(0, 2000) <= 33, `${within(0, 2000)}`);
  assert.ok(within(3000, 5000) <= 11 && within(3000, 5000) >= 9, `${within(3000, 5000)}`);
  const first = taken.find((time) => time > 5000) ?? assert.fail('none');
  assert.ok(first < 5210 && (taken[taken.indexOf(first) + 1] ?? 0) - first < 100, `${first}`);
  assert.ok(within(first, 7900) / (7900 - first) > 0.014);
  assert.ok(within(8100, 9000) <= 5);
});

test('a clock that is set back makes nobody sleep for long', () => {
  const looks = new LookRate();
  for (const time of [1000, 3500]) looks.note(time, false);
  assert.equal(looks.perSecond, 5);
  looks.note(-100_000, false);
  assert.equal(looks.perSecond, 15);
});

test('of a camera that is faster than asked, pictures between are passed over', async () => {
  const { clock, pass } = handClock();
  async function* camera() {
    for (let i = 0; i < 60; i++) {
      yield picture;
      pass(1000 / 30);
    }
  }
  const times: number[] = [];
  // all that are taken are decoded, so that they can be counted
  const reading = { name: 'test', ...pacing(true, { previews: 15 }), live: false, onCorrupt: assert.fail };
  for await (const { captured } of jpegFrames(Readable.from(camera()), never, reading, clock))
    times.push(captured.getTime());
  assert.ok(times.length >= 25 && times.length <= 33, `${times.length} of 60`);
});
