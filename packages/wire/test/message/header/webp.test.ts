import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWebp } from '../../../dist/message/header/webp.js';
import { exifBlock, hex, latin1, riffChunk, vp8, vp8x, webpOf } from './file.js';

const exif = riffChunk('EXIF', exifBlock(6, 'hello'));
const lossless = riffChunk('VP8L', hex('2f 13400210 07'));
const found = { width: 20, height: 10, orientation: 6, description: 'hello' };
const has = { exif: 0x08, animation: 0x02 };

test('EXIF is read before and behind the picture, where the file says that it has some', () => {
  for (const picture of [vp8(20, 10), lossless]) {
    assert.deepEqual(readWebp(webpOf(vp8x(has.exif, 20, 10), picture, exif)), found);
    assert.deepEqual(
      readWebp(webpOf(vp8x(has.exif, 20, 10), exif, riffChunk('ABCD', hex('00')), picture)),
      found,
    );
    assert.deepEqual(readWebp(webpOf(vp8x(0, 20, 10), picture, exif)), { width: 20, height: 10 });
    assert.deepEqual(readWebp(webpOf(picture)), { width: 20, height: 10 });
  }
  const prefixed = riffChunk('EXIF', Buffer.concat([latin1('Exif\0\0'), exifBlock(6, 'hello', 'II')]));
  assert.deepEqual(readWebp(webpOf(vp8x(has.exif, 20, 10), vp8(20, 10), prefixed)), found);
});

test('an animation is as large as its canvas', () => {
  const animation = webpOf(vp8x(has.animation, 20, 10), riffChunk('ANMF', Buffer.alloc(16)));
  assert.deepEqual(readWebp(animation), { width: 20, height: 10 });
});

test('damaged headers, and files that are cut short, are refused', () => {
  const whole = webpOf(vp8x(has.exif, 20, 10), vp8(20, 10), exif);
  for (let length = 12; length < whole.length; length++) {
    assert.throws(() => readWebp(whole.subarray(0, length)), RangeError, `${length} bytes`);
  }
  const long = (chunk: Buffer) => {
    chunk.writeUInt32LE(0xffffffff, 4);
    return chunk;
  };
  const files = {
    'no picture': webpOf(vp8x(0, 20, 10)),
    'a picture of another size': webpOf(vp8x(0, 21, 10), vp8(20, 10)),
    'another chunk first': webpOf(exif, vp8(20, 10)),
    'a picture longer than the file': webpOf(long(vp8(20, 10))),
    'a chunk longer than the file': webpOf(vp8x(0, 20, 10), long(riffChunk('ABCD', hex('00'))), vp8(20, 10)),
    'a lossy picture without start code': webpOf(riffChunk('VP8 ', Buffer.alloc(10))),
    'a lossy picture that is no key frame': webpOf(riffChunk('VP8 ', hex('11 0000 9d012a 1400 0a00'))),
    'a lossless picture without signature': webpOf(riffChunk('VP8L', hex('2e 13400210 07'))),
    'a lossless picture of version 1': webpOf(riffChunk('VP8L', hex('2f 13400230 07'))),
  };
  for (const [name, file] of Object.entries(files)) assert.throws(() => readWebp(file), RangeError, name);
});
