import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Box } from '../dist/box.js';
import { bytesPerPixel, type Image, type PixelFormat } from '../dist/image.js';
import { toRgb } from '../dist/rgb.js';

const [width, height] = [64, 48];

/** Every value in every place: a linear congruential generator's upper bytes. */
function noise(bytes: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const formats = Object.keys(bytesPerPixel) as PixelFormat[];
const image = (format: PixelFormat): Image => ({
  data: noise(width * height * bytesPerPixel[format]),
  width,
  height,
  format,
});

/**
 * SHA-256 of what cv2.cvtColor of OpenCV 4.6.0 makes of the same bytes: COLOR_GRAY2RGB, nothing, COLOR_RGBA2RGB,
 * _BGR2RGB, _BGRA2RGB, _YUV2RGB_YUY2, _NV12 and _I420.
 */
const opencv: Record<PixelFormat, string> = {
  gray: 'b23eef2564846853ae977e0ba0356ddb4391577beafcaa9303319782fe9f4d4f',
  rgb: 'ea577bbcadb0376af2707ba54f6f2504089fa8894023fe6c6fd60689be50fcbd',
  rgba: 'c7af0bd6c81d41c552eeb199b4a5e787beb6bb4849041f8f0ce219d5c22f516e',
  bgr: '320a6d435d3d8a732f5b663ebf9ece5f6a301dc69cd965c3ece68de3697d2847',
  bgra: '611e06c75063cb1703ee43518720fbf939ba3c544844e1a71fbf91fe27df62cf',
  yuyv: 'b16cf208da9907f391653d35cda646caf680706dd385beb6dc429e4986aa444a',
  nv12: '9148c8fd92fbc812c988139158d88e6f613f7af06a977906e5fc88e11859121d',
  i420: '1dcb4b22f199b9d438fab5472988cd3e59b89b7fa45d2d44c03b8a57eaa572cc',
};

for (const format of formats) {
  test(`the colours of ${format} are those of OpenCV`, () => {
    const rgb = toRgb(image(format));
    assert.deepEqual([rgb.width, rgb.height, rgb.data.length], [width, height, width * height * 3]);
    assert.equal(createHash('sha256').update(rgb.data).digest('hex'), opencv[format]);
  });

  test(`a box of ${format} is the same part of the whole, from odd places too`, () => {
    const whole = toRgb(image(format)).data;
    for (const [x, y] of [
      [0, 0],
      [7, 5],
      [8, 5],
      [7, 6],
      [51, 37],
    ] as const) {
      const part = toRgb(image(format), { x, y, width: 13, height: 11 });
      assert.deepEqual([part.width, part.height, part.data.length], [13, 11, 13 * 11 * 3]);
      const rows = Array.from({ length: 11 }, (_, row) => {
        const start = ((y + row) * width + x) * 3;
        return [...whole.subarray(start, start + 13 * 3)];
      });
      assert.deepEqual([...part.data], rows.flat());
    }
  });
}

test('what is returned is a copy', () => {
  const shown = image('rgb');
  const { data } = toRgb(shown);
  const first = data[0];
  shown.data.fill(7);
  assert.equal(data[0], first);
});

const box = { x: 0, y: 0, width: 2, height: 2 };
const refused: [string, unknown, string][] = [
  ['no box', null, 'Expected object with x, y, width and height for box but received null of type object.'],
  [
    'one to the left',
    { ...box, x: -1 },
    'Expected integer from 0 to 63 for box.x but received -1 of type number.',
  ],
  ['one below', { ...box, y: 48 }, 'Expected integer from 0 to 47 for box.y but received 48 of type number.'],
  [
    'one over the right edge',
    { ...box, x: 60, width: 5 },
    'Expected integer from 1 to 4 for box.width but received 5 of type number.',
  ],
  [
    'an empty one',
    { ...box, height: 0 },
    'Expected integer from 1 to 48 for box.height but received 0 of type number.',
  ],
  [
    'half pixels',
    { ...box, x: 0.5 },
    'Expected integer from 0 to 63 for box.x but received 0.5 of type number.',
  ],
];

for (const [what, wrong, message] of refused) {
  test(`a box is refused: ${what}`, () => {
    assert.throws(() => toRgb(image('nv12'), wrong as Box), { code: 'FACEPIPE_E_ARGUMENT', message });
  });
}

test('an image is refused where its data do not fit', () => {
  assert.throws(() => toRgb({ ...image('nv12'), width: 66 }), { code: 'FACEPIPE_E_ARGUMENT' });
});
