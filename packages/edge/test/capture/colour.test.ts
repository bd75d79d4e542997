import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { cropFrame } from '../../dist/capture/crop.js';
import { imageOf } from '../../dist/capture/luma.js';
import type { Frame } from '../../dist/source/source.js';

const [width, height] = [64, 48];

/** Every value in every place: a linear congruential generator's upper bytes. */
function noise(bytes: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const frame = (format: 'yuyv' | 'nv12' | 'i420'): Frame => ({
  data: noise(width * height * (format === 'yuyv' ? 2 : 1.5)),
  width,
  height,
  format,
  number: 1,
  captured: new Date(0),
});

/** SHA-256 of what cv2.cvtColor of OpenCV 4.6.0 makes of the same bytes: COLOR_YUV2RGB_YUY2, _NV12 and _I420. */
const opencv = {
  yuyv: 'b16cf208da9907f391653d35cda646caf680706dd385beb6dc429e4986aa444a',
  nv12: '9148c8fd92fbc812c988139158d88e6f613f7af06a977906e5fc88e11859121d',
  i420: '1dcb4b22f199b9d438fab5472988cd3e59b89b7fa45d2d44c03b8a57eaa572cc',
};

for (const format of ['yuyv', 'nv12', 'i420'] as const) {
  test(`the colours of ${format} are those of OpenCV`, () => {
    const { data, channels } = cropFrame(frame(format), { x: 0, y: 0, width, height });
    assert.equal(channels, 3);
    assert.equal(createHash('sha256').update(data).digest('hex'), opencv[format]);
  });

  test(`a crop of ${format} is the same part of the whole, from odd places too`, () => {
    const whole = cropFrame(frame(format), { x: 0, y: 0, width, height }).data;
    for (const [x, y] of [
      [0, 0],
      [7, 5],
      [8, 5],
      [7, 6],
    ] as const) {
      const part = cropFrame(frame(format), { x, y, width: 13, height: 11 });
      assert.deepEqual([part.width, part.height, part.data.length], [13, 11, 13 * 11 * 3]);
      const rows = Array.from({ length: 11 }, (_, row) => {
        const start = ((y + row) * width + x) * 3;
        return [...whole.subarray(start, start + 13 * 3)];
      });
      assert.deepEqual([...part.data], rows.flat());
    }
  });

  test(`faces are looked for in the brightness of ${format} as it is`, () => {
    const shown = frame(format);
    const image = imageOf(shown);
    assert.equal(image.data.buffer, shown.data.buffer);
    assert.equal(image.format, format === 'yuyv' ? 'yuyv' : 'gray');
    assert.equal(image.data.length, format === 'yuyv' ? width * height * 2 : width * height);
  });
}
