import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiate, type Wish } from '../../dist/v4l2/negotiate.js';
import type { FormatOffer } from '../../dist/v4l2/offer.js';

const offer = (format: string, sizes: FormatOffer['sizes']): FormatOffer => ({
  format,
  description: format,
  sizes,
});
const size = (width: number, height: number, ...rates: number[]) => ({ width, height, rates });

/** As most USB cameras are: raw pictures are slow where they are large. */
const webcam = [
  offer('MJPG', [size(1280, 720, 30, 15), size(640, 480, 30, 15), size(320, 240, 30)]),
  offer('YUYV', [size(640, 480, 30, 15), size(320, 240, 30), size(1280, 720, 10, 5)]),
];

function chosen(offers: readonly FormatOffer[], wish: Wish): string | undefined {
  const choice = negotiate(offers, wish);
  return choice && `${choice.format.name} ${choice.width}x${choice.height} ${choice.fps}`;
}

test('without a wish it is 640×480 at 30, raw', () => {
  assert.equal(chosen(webcam, {}), 'YUYV 640x480 30');
});

test('MJPG is taken where raw has not the size or not the rate', () => {
  assert.equal(chosen(webcam, { width: 1280, height: 720 }), 'MJPG 1280x720 30');
  assert.equal(chosen(webcam, { width: 1280, height: 720, fps: 10 }), 'YUYV 1280x720 10');
  assert.equal(
    chosen([offer('MJPG', [size(640, 480, 30)]), offer('YUYV', [size(320, 240, 30)])], {}),
    'MJPG 640x480 30',
  );
});

test('the nearest size and rate are taken', () => {
  assert.equal(chosen(webcam, { width: 700 }), 'YUYV 640x480 30');
  assert.equal(chosen(webcam, { height: 720, fps: 12 }), 'YUYV 1280x720 10');
  assert.equal(chosen(webcam, { width: 320, fps: 7.5 }), 'YUYV 320x240 30');
  assert.equal(
    chosen([offer('YUYV', [size(640, 480, 29.97, 15)]), offer('MJPG', [size(640, 480, 30)])], {}),
    'YUYV 640x480 29.97',
  );
});

test('faster than usual does no harm, unless it was asked otherwise', () => {
  const fast = [offer('YUYV', [size(640, 480, 60)]), offer('MJPG', [size(640, 480, 30)])];
  assert.equal(chosen(fast, {}), 'YUYV 640x480 60');
  assert.equal(chosen(fast, { fps: 30 }), 'MJPG 640x480 30');
});

test('ranges give the size asked for, even and in their steps', () => {
  const range = (step: number) => ({ min: 2, max: 1920, step });
  const loopback = (step: number, rates: FormatOffer['sizes'][number]['rates'] = []) => [
    offer('NV12', [{ width: range(step), height: range(step), rates }]),
  ];
  assert.equal(chosen(loopback(1), { width: 641, height: 479 }), 'NV12 642x480 undefined');
  assert.equal(chosen(loopback(16), { width: 100, height: 100 }), 'NV12 98x98 undefined');
  assert.equal(chosen(loopback(2), { width: 9999, height: 1 }), 'NV12 1920x2 undefined');
  assert.equal(chosen(loopback(2, { min: 1, max: 120 }), { fps: 25 }), 'NV12 640x480 25');
  assert.equal(chosen(loopback(2, { min: 1, max: 20 }), {}), 'NV12 640x480 20');
  const fixed = { min: 1920, max: 1920, step: 1 };
  assert.equal(
    chosen([offer('YUYV', [{ width: fixed, height: fixed, rates: [] }])], {}),
    'YUYV 1920x1920 undefined',
  );
});

test('a format without sizes is asked for what is wanted; grey is the last choice', () => {
  assert.equal(chosen([offer('YUYV', [])], { width: 800, fps: 15 }), 'YUYV 800x600 15');
  assert.equal(
    chosen([offer('GREY', [size(640, 480, 30)]), offer('MJPG', [size(640, 480, 30)])], {}),
    'MJPG 640x480 30',
  );
  assert.equal(chosen([offer('GREY', [size(640, 480, 30)])], {}), 'GREY 640x480 30');
});

test('formats that are not read are no choice', () => {
  assert.equal(
    chosen([offer('H264', [size(640, 480, 30)]), offer('BA81', [size(640, 480, 30)])], {}),
    undefined,
  );
  assert.equal(chosen([], {}), undefined);
});
