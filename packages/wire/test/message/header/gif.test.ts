import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGif } from '../../../dist/message/header/gif.js';
import { hex, latin1 } from './file.js';

/** Screen of 20 × 10 with two colours. */
const start = Buffer.concat([latin1('GIF89a'), hex('1400 0a00 80 0000 000000 ffffff')]);
const picture = hex('2c 0000 0000 1400 0a00 00 02 02 8c51 00');
const gif = (...parts: Buffer[]) => Buffer.concat([start, ...parts, hex('3b')]);

test('the size is that of the screen, or what the first picture needs', () => {
  const extensions = hex('21 f9 04 00000000 00  21 fe 01 41 02 4142 00');
  assert.deepEqual(readGif(gif(picture)), { width: 20, height: 10 });
  assert.deepEqual(readGif(gif(extensions, extensions, picture)), { width: 20, height: 10 });
  assert.deepEqual(readGif(gif(hex('2c 0100 0200 1400 0a00 80 000000 ffffff 02 02 8c51 00'))), {
    width: 21,
    height: 12,
  });
  const none = Buffer.from(gif(picture));
  none.fill(0, 6, 10);
  assert.deepEqual(readGif(none), { width: 20, height: 10 });
});

test('damaged headers are refused', () => {
  const whole = gif(picture);
  for (let length = 6; length < start.length + 12; length++) {
    assert.throws(() => readGif(whole.subarray(0, length)), RangeError, `${length} bytes`);
  }
  const files = {
    'no picture': gif(),
    'something else': gif(hex('00'), picture),
    'an extension without end': gif(hex('21 fe 01 41')),
    'codes of 12 bits to begin with': gif(hex('2c 0000 0000 1400 0a00 00 0c 02 8c51 00')),
    'a picture without pixels': gif(hex('2c 0000 0000 1400 0a00 00 02 00')),
  };
  for (const [name, file] of Object.entries(files)) assert.throws(() => readGif(file), RangeError, name);
});
