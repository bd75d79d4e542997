import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJpeg } from '../../../dist/message/header/jpeg.js';
import { app1, exifBlock, frame, hex, jpegOf, latin1, segment } from './file.js';

const exif = app1(exifBlock(6, 'hello'));
const sof = frame(20, 10);
const found = { width: 20, height: 10, orientation: 6, description: 'hello' };

test('EXIF is read wherever it stands before the scan, and the first counts', () => {
  const jfif = segment(0xe0, latin1('JFIF\0\x01\x01\0\0\x01\0\x01\0\0'));
  const xmp = segment(0xe1, latin1('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'));
  const icc = segment(0xe2, latin1('ICC_PROFILE\0\x01\x01'));
  const comment = segment(0xfe, latin1('Exif\0\0 in a comment'));
  const orders: Buffer[][] = [
    [exif, sof],
    [app1(exifBlock(6, 'hello', 'II')), sof],
    [jfif, exif, sof],
    [jfif, xmp, icc, comment, exif, sof],
    [sof, exif],
    [exif, app1(exifBlock(1, 'second')), sof],
    [segment(0xe1), segment(0xe1, latin1('Exi')), exif, sof],
  ];
  for (const [i, order] of orders.entries())
    assert.deepEqual(readJpeg(jpegOf(...order)), found, `order ${i}`);
});

test('fill bytes, restarts and what else stands between segments are passed over', () => {
  for (const between of ['ff', 'ff'.repeat(99), 'ffd0', 'ff01', 'ff00', '00', '010203', '41ff0042']) {
    assert.deepEqual(readJpeg(jpegOf(hex(between), exif, hex(between), sof, hex(between))), found, between);
  }
});

test('baseline, extended, progressive, lossless and arithmetic frames are read', () => {
  for (const code of [0xc0, 0xc1, 0xc2, 0xc3, 0xc9, 0xca, 0xcb]) {
    assert.deepEqual(readJpeg(jpegOf(frame(65_535, 1, code))), { width: 65_535, height: 1 });
  }
});

test('damaged headers are refused', () => {
  const whole = jpegOf(exif, sof);
  const header = whole.length - 3;
  for (let length = 3; length < header; length++) {
    assert.throws(() => readJpeg(whole.subarray(0, length)), RangeError, `${length} bytes`);
  }
  assert.deepEqual(readJpeg(whole.subarray(0, header)), found);
  const files = {
    'a scan without frame': jpegOf(),
    'two frames': jpegOf(sof, sof),
    'another begin': jpegOf(sof, hex('ffd8')),
    'an early end': jpegOf(hex('ffd9'), sof),
    'a hierarchical frame': jpegOf(frame(20, 10, 0xc5)),
    'a marker of none': jpegOf(hex('ff50'), sof),
    'a length of 1': jpegOf(hex('ffe10001'), sof),
    'a frame that is too short': jpegOf(segment(0xc0, hex('08 000a'))),
    'a frame of more components than it has': jpegOf(segment(0xc0, hex('08 000a 0014 03 011100'))),
    'a frame of 40 bits': jpegOf(segment(0xc0, hex('28 000a 0014 01 011100'))),
  };
  for (const [name, file] of Object.entries(files)) assert.throws(() => readJpeg(file), RangeError, name);
});
