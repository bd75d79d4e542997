import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTiff } from '../../../dist/message/header/tiff.js';
import { hex } from './file.js';

const found = { width: 5, height: 7, orientation: 6 };

test('both byte orders, and all widths of numbers, are read', () => {
  const files = [
    '4d4d002a 00000008 0003 0100 0003 00000001 00050000 0101 0001 00000001 07000000 0112 0003 00000001 00060000',
    '49492a00 08000000 0300 0001 0400 01000000 05000000 0101 0300 01000000 07000000 1201 0300 01000000 06000000',
    '49492b00 0800 0000 1000000000000000 0300000000000000 0001 1000 0100000000000000 0500000000000000 ' +
      '0101 0400 0100000000000000 0700000000000000 1201 0300 0100000000000000 0600000000000000',
  ];
  for (const file of files) assert.deepEqual(readTiff(hex(file)), found);
});

test('the first of two fields of a tag counts, and no directory after the first', () => {
  const twice =
    '4d4d002a 00000008 0004 0100 0003 00000001 00050000 0100 0003 00000001 00630000 ' +
    '0101 0001 00000001 07000000 0112 0003 00000001 00060000 00000008';
  assert.deepEqual(readTiff(hex(twice)), found);
});

test('damaged headers are refused', () => {
  const whole = hex('4d4d002a 00000008 0002 0100 0003 00000001 00050000 0101 0003 00000001 00070000');
  assert.deepEqual(readTiff(whole), { width: 5, height: 7, orientation: 1 });
  for (let length = 4; length < whole.length; length++) {
    assert.throws(() => readTiff(whole.subarray(0, length)), RangeError, `${length} bytes`);
  }
  const spoilt = (at: number, bytes: string) => {
    const file = Buffer.from(whole);
    hex(bytes).copy(file, at);
    return file;
  };
  const files = {
    'no height': spoilt(22, '0102'),
    'two widths': spoilt(14, '00000002'),
    'a width in words': spoilt(12, '0002'),
    'a width of an unknown type': spoilt(12, '00ff'),
    'a directory beyond the end': spoilt(4, 'fffffff0'),
    'a directory in the header': spoilt(4, '00000000'),
    '65,535 fields': spoilt(8, 'ffff'),
    'BigTIFF with offsets of 4 bytes': Buffer.concat([hex('4d4d002b 0004 0000'), whole]),
  };
  for (const [name, file] of Object.entries(files)) assert.throws(() => readTiff(file), RangeError, name);
});
