import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecodedImage } from '../../dist/source/image.js';
import { createPpmReader } from '../../dist/source/ppm.js';
import { createRandom, integer } from '../../dist/source/random.js';

function ppm(width: number, height: number, seed: number): { file: Buffer; pixels: Uint8Array } {
  const random = createRandom(seed);
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => integer(random, 0, 255));
  return { file: Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]), pixels };
}

test('pictures come out whole wherever the stream is cut', () => {
  // pixels that are white space follow the header's last white space in one of them
  const pictures = [ppm(7, 5, 1), ppm(1, 1, 2), ppm(16, 3, 3)];
  const blank = Buffer.concat([Buffer.from('P6\n2 1\n255\n'), Buffer.from('\n\n\n   ')]);
  const stream = Buffer.concat([...pictures.map(({ file }) => file), blank]);
  for (let seed = 0; seed < 200; seed++) {
    const random = createRandom(seed);
    const reader = createPpmReader('test');
    const found: DecodedImage[] = [];
    for (let at = 0; at < stream.length; ) {
      const next = at + integer(random, 1, seed < 20 ? 1 : 60);
      found.push(...reader.push(stream.subarray(at, next)));
      at = next;
    }
    assert.deepEqual(
      found.map(({ width, height, format }) => `${width}x${height} ${format}`),
      ['7x5 rgb', '1x1 rgb', '16x3 rgb', '2x1 rgb'],
    );
    pictures.forEach(({ pixels }, i) => {
      assert.deepEqual(found[i]?.data, pixels);
    });
    assert.equal(Buffer.from(found[3]?.data ?? []).toString(), '\n\n\n   ');
    assert.equal(reader.partial, false);
  }
});

test('a picture cut short is told apart from the end of the stream', () => {
  const reader = createPpmReader('test');
  reader.push(ppm(4, 4, 1).file.subarray(0, 30));
  assert.equal(reader.partial, true);
});

test('a chunk that is used again does not change a picture', () => {
  const reader = createPpmReader('test');
  const { file, pixels } = ppm(3, 3, 9);
  const [picture] = reader.push(file);
  file.fill(0);
  assert.deepEqual(picture?.data, pixels);
});

test('anything but 8-bit PPM, and more pixels than are decoded, is refused', () => {
  assert.throws(() => createPpmReader('x').push(Buffer.from('GIF89a')), { code: 'FACEPIPE_E_FFMPEG_FAILED' });
  assert.throws(() => createPpmReader('x').push(Buffer.from(`P6 4 4 65535\n${' '.repeat(80)}`)), {
    code: 'FACEPIPE_E_FFMPEG_FAILED',
  });
  assert.throws(() => createPpmReader('x').push(Buffer.from('P6\n30000 30000\n255\n')), {
    code: 'FACEPIPE_E_IMAGE_TOO_LARGE',
    message: /30000×30000/,
  });
});

test('a picture without a pixel is no PPM', () => {
  for (const size of ['0 4', '4 0', '0 0']) {
    const push = () => createPpmReader('x').push(Buffer.from(`P6\n${size}\n255\n${' '.repeat(80)}`));
    assert.throws(push, { code: 'FACEPIPE_E_FFMPEG_FAILED' }, size);
  }
});
