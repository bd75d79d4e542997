import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Camera } from '@facepipe/edge/v4l2';
import { cameraJson, cameraText } from '../../dist/print/camera.js';

const setting = { min: 0, max: 255, step: 1, default: 128, readOnly: false, inactive: false };
const camera: Camera = {
  path: '/dev/video0',
  card: 'HD Webcam',
  driver: 'uvcvideo',
  bus: 'usb-0000:00:14.0-1',
  formats: [
    {
      format: 'YUYV',
      description: 'YUYV 4:2:2',
      sizes: [{ width: 640, height: 480, rates: [30, 15] }],
    },
    {
      format: 'H264',
      description: 'H.264',
      sizes: [
        {
          width: { min: 2, max: 1920, step: 2 },
          height: { min: 2, max: 1080, step: 2 },
          rates: { min: 1, max: 60 },
        },
      ],
    },
  ],
  controls: [
    { ...setting, id: 9963776, name: 'brightness', type: 'integer', value: 100 },
    { ...setting, id: 2, name: 'focus', type: 'integer', min: 0, max: 250, step: 5, inactive: true },
    {
      ...setting,
      id: 3,
      name: 'mains',
      type: 'menu',
      value: 1,
      default: 0,
      menu: [
        { value: 0, name: 'Off' },
        { value: 1, name: '50 Hz' },
      ],
    },
    { ...setting, id: 4, name: 'reset', type: 'button' },
  ],
};

test('a camera as text says all that can be asked of it', () => {
  assert.equal(
    cameraText(camera),
    `/dev/video0  HD Webcam
  driver uvcvideo, bus usb-0000:00:14.0-1
  YUYV  YUYV 4:2:2
    640×480 at 30, 15 frames a second
  H264  H.264 (not read)
    2…1920×2…1080 at 1…60 frames a second
  controls
    brightness: 0…255; default 128; is 100
    focus: 0…250 in steps of 5; default 128; inactive
    mains: 0 Off, 1 50 Hz; default 0; is 1
    reset: 1 presses it`,
  );
  assert.match(
    cameraText({ ...camera, formats: [], controls: [] }),
    /no formats: no program writes to this loopback device$/,
  );
});

test('a camera as JSON is one line with the documented members', () => {
  const line = cameraJson(camera);
  assert.doesNotMatch(line, /\n/);
  const { formats, controls, ...identity } = JSON.parse(line);
  assert.deepEqual(identity, {
    path: '/dev/video0',
    card: 'HD Webcam',
    driver: 'uvcvideo',
    bus: 'usb-0000:00:14.0-1',
  });
  assert.deepEqual(formats[0], { ...camera.formats[0], read: true });
  assert.deepEqual(formats[1], { ...camera.formats[1], read: false });
  const { id: _, ...brightness } = camera.controls[0] ?? { id: 0 };
  assert.deepEqual(controls[0], brightness);
});
