import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeFrame } from '../../dist/protocol.js';
import { CameraView, type WatchedFrame } from '../../dist/server/camera-view.js';

const size = { width: 1920, height: 1080 };

function frameOf(number: number, jpeg?: Uint8Array): WatchedFrame & { made: number } {
  const frame = {
    number,
    captured: new Date(5),
    full: size,
    still: false,
    candidates: [],
    made: 0,
    ...(jpeg && { jpeg }),
    pixels: () => {
      frame.made++;
      return { ...size, channels: 3 as const, data: new Uint8Array(size.width * size.height * 3).fill(90) };
    },
  };
  return frame;
}

function stage() {
  let time = 0;
  const shown: Uint8Array[] = [];
  const viewer = {
    wantsFrame: true,
    rejected: false,
    show: (_: number, bytes: Uint8Array) => void shown.push(bytes),
  };
  const viewers = [viewer];
  const camera = new CameraView(
    () => viewers,
    () => time,
  );
  return { camera, viewer, viewers, shown, pass: (ms: number) => (time += ms) };
}

test('nothing is encoded while nobody can take it', async () => {
  const { camera, viewers, viewer } = stage();
  viewer.wantsFrame = false;
  assert.equal(camera.wanted, undefined);
  const frame = frameOf(1);
  await camera.show(frame);
  viewers.pop();
  await camera.show(frame);
  assert.equal(frame.made, 0);
});

test('a large frame is made smaller, and its boxes stay those of the frame', async () => {
  const { camera, shown } = stage();
  await camera.show(frameOf(3));
  const { head, jpeg } = decodeFrame(Uint8Array.from(shown[0] ?? [])) ?? assert.fail('no frame');
  assert.deepEqual([head.width, head.height], [960, 540]);
  assert.deepEqual(head.full, size);
  const { width, format } = await sharp(jpeg).metadata();
  assert.deepEqual([width, format], [960, 'jpeg']);
});

test('what the camera compressed passes as it is', async () => {
  const { camera, shown } = stage();
  const jpeg = Uint8Array.from([255, 216, 255, 217]);
  const frame = frameOf(4, jpeg);
  await camera.show(frame);
  assert.deepEqual([...(decodeFrame(Uint8Array.from(shown[0] ?? []))?.jpeg ?? [])], [...jpeg]);
  assert.equal(frame.made, 0);
});

test('while one is encoded no other is wanted, and afterwards not at once', async () => {
  const { camera, shown, pass } = stage();
  const first = camera.show(frameOf(1));
  assert.equal(camera.wanted, undefined);
  await camera.show(frameOf(2));
  await first;
  assert.equal(shown.length, 1);
  assert.equal(camera.wanted, undefined);
  pass(100);
  assert.deepEqual(camera.wanted, { rejected: false });
});

test('a frame that cannot be encoded is passed over', async () => {
  const { camera, shown, pass } = stage();
  await camera.show({ ...frameOf(1), pixels: () => ({ ...size, channels: 3, data: new Uint8Array(2) }) });
  assert.equal(shown.length, 0);
  pass(100);
  await camera.show(frameOf(2));
  assert.equal(shown.length, 1);
});
