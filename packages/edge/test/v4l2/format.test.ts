import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, type CameraFormat, cameraFormats, copyPicture } from '../../dist/v4l2/format.js';

function formatOf(name: string): CameraFormat {
  const found = cameraFormats.find((known) => known.name === name);
  assert.ok(found);
  return found;
}

/** Rows as given, each padded with 99 to `stride` bytes. */
const padded = (rows: readonly number[][], stride: number): Uint8Array =>
  Uint8Array.from(rows.flatMap((row) => [...row, ...Array<number>(stride - row.length).fill(99)]));

test('a picture takes the bytes that its planes take', () => {
  const size = { width: 640, height: 480 };
  assert.equal(bytesOf(formatOf('YUYV'), { ...size, stride: 1280 }), 614_400);
  assert.equal(bytesOf(formatOf('NV12'), { ...size, stride: 640 }), 460_800);
  assert.equal(bytesOf(formatOf('YU12'), { ...size, stride: 768 }), 768 * 720);
  assert.equal(bytesOf(formatOf('GREY'), { ...size, stride: 640 }), 307_200);
  assert.equal(bytesOf(formatOf('MJPG'), { ...size, stride: 0 }), 0);
});

test('a picture is copied without the padding of its rows, in every plane', () => {
  const nv12 = padded(
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [20, 21, 22, 23],
    ],
    6,
  );
  const picture = { width: 4, height: 2, stride: 6 };
  assert.deepEqual(
    [...copyPicture(formatOf('NV12'), picture, nv12)],
    [1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 22, 23],
  );
  const yu12 = Uint8Array.of(
    ...padded(
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      6,
    ),
    ...padded(
      [
        [20, 21],
        [30, 31],
      ],
      3,
    ),
  );
  assert.deepEqual(
    [...copyPicture(formatOf('YU12'), picture, yu12)],
    [1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 30, 31],
  );
  const rgb = padded(
    [
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
    ],
    8,
  );
  const small = { width: 2, height: 2, stride: 8 };
  assert.deepEqual([...copyPicture(formatOf('RGB3'), small, rgb)], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('a copy is the receiver’s own, and no longer than the picture', () => {
  const memory = Uint8Array.of(10, 20, 30, 40, 77, 77);
  const picture = { width: 2, height: 1, stride: 4 };
  const data = copyPicture(formatOf('YUYV'), picture, memory);
  memory.fill(0);
  assert.deepEqual([...data], [10, 20, 30, 40]);
  assert.equal(data.buffer.byteLength, 4);
  assert.deepEqual(
    [...copyPicture(formatOf('UYVY'), picture, Uint8Array.of(20, 10, 40, 30))],
    [10, 20, 30, 40],
  );
  assert.deepEqual(
    [...copyPicture(formatOf('MJPG'), { ...picture, stride: 0 }, Uint8Array.of(1, 2, 3))],
    [1, 2, 3],
  );
});
