import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { readPng } from '../../../dist/message/header/png.js';
import { chunk, exifBlock, latin1, pngStart } from './file.js';

const start = pngStart(20, 10);
const pixels = chunk('IDAT', latin1('not looked at'));
const end = chunk('IEND');
const exif = chunk('eXIf', exifBlock(6, 'hello'));
const png = (...chunks: Buffer[]) => Buffer.concat([start, ...chunks]);

test('EXIF is read before and behind the pixels, and the first counts', () => {
  const found = { width: 20, height: 10, orientation: 6, description: 'hello' };
  assert.deepEqual(readPng(png(exif, pixels, end)), found);
  assert.deepEqual(readPng(png(pixels, pixels, exif, end)), found);
  assert.deepEqual(readPng(png(exif, chunk('eXIf', exifBlock(1, 'second')), pixels, end)), found);
  const prefixed = Buffer.concat([latin1('Exif\0\0'), exifBlock(6, 'hello', 'II')]);
  assert.deepEqual(readPng(png(chunk('eXIf', prefixed), pixels, end)), found);
});

test('compressed text is passed over, also where it is EXIF of old software', () => {
  const text = chunk('zTXt', Buffer.concat([latin1('Raw profile type exif\0\0'), deflateSync('exif')]));
  assert.deepEqual(readPng(png(text, pixels, end)), { width: 20, height: 10 });
});

test('a file that is cut short in its pixels has a whole header, one that is cut before has not', () => {
  const whole = png(chunk('tEXt'), pixels, exif, end);
  const size = { width: 20, height: 10 };
  const before = start.length + 12;
  for (let length = 8; length < before + 8; length++) {
    assert.throws(() => readPng(whole.subarray(0, length)), RangeError, `${length} bytes`);
  }
  for (let length = before + 8; length < whole.length - end.length; length++) {
    assert.deepEqual(readPng(whole.subarray(0, length)), size, `${length} bytes`);
  }
});

test('damaged headers are refused', () => {
  const spoilt = (at: number, value: number) => {
    const file = png(pixels, end);
    file[at] = value;
    return file;
  };
  const files = {
    'no pixels': png(end),
    'a chunk that readers must know and none does': png(chunk('ABCD'), pixels, end),
    'another chunk first': Buffer.concat([start.subarray(0, 8), chunk('gAMA'), start.subarray(8), pixels]),
    'a length that leads out of the file': Buffer.concat([start, latin1('\x7f\xff\xff\xfftEXt'), pixels]),
    '3 bits': spoilt(24, 3),
    'colour type 1': spoilt(25, 1),
    'compression 1': spoilt(26, 1),
    'filter 1': spoilt(27, 1),
    'interlace 2': spoilt(28, 2),
  };
  for (const [name, file] of Object.entries(files)) assert.throws(() => readPng(file), RangeError, name);
});
