import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readExif } from '../../../dist/message/header/exif.js';
import { exifBlock, hex } from './file.js';

test('orientation and description are read in either byte order', () => {
  for (const order of ['II', 'MM'] as const) {
    assert.deepEqual(readExif(exifBlock(8, 'hello', order)), { orientation: 8, description: 'hello' });
    assert.deepEqual(readExif(exifBlock(3, undefined, order)), { orientation: 3 });
  }
  // What fits into the place of an offset stands there itself.
  const short = exifBlock(1, 'hello');
  hex('00000004 61626300').copy(short, 26);
  assert.deepEqual(readExif(short), { orientation: 1, description: 'abc' });
});

test('a description of no ASCII, or beyond the end, is none; one that is too long is cut', () => {
  assert.deepEqual(readExif(exifBlock(1, 'caf\xe9')), { orientation: 1 });
  const outside = exifBlock(1, 'hello');
  outside.writeUInt32BE(0x7fffffff, 30);
  assert.deepEqual(readExif(outside), { orientation: 1 });
  const huge = exifBlock(1, 'hello');
  huge.writeUInt32BE(0xffffffff, 26);
  assert.deepEqual(readExif(huge), { orientation: 1, description: 'hello' });
  assert.equal(readExif(exifBlock(1, 'x'.repeat(60_000))).description?.length, 16_384);
});

test('damaged EXIF says nothing', () => {
  const whole = exifBlock(6, 'hello');
  for (let length = 0; length < 34; length++) assert.deepEqual(readExif(whole.subarray(0, length)), {});
  for (const start of ['4949002a', '4d4d2a00', '4d4e002a', '00000000']) {
    assert.deepEqual(readExif(Buffer.concat([hex(start), whole.subarray(4)])), {}, start);
  }
  assert.deepEqual(readExif(undefined), {});
});

test('5,000 fields of one place, which expand to 300 million numbers, are no EXIF', () => {
  const bomb = Buffer.alloc(65_527);
  hex('49492a00 08000000 8813').copy(bomb);
  for (let i = 0, at = 10; i < 5000; i++, at += 12) {
    bomb.writeUInt16LE(0xa500 + i, at);
    bomb.writeUInt16LE(1, at + 2);
    bomb.writeUInt32LE(bomb.length, at + 4);
  }
  assert.deepEqual(readExif(bomb), {});
});
