import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { drawSprite, loadSprite, type Sprite } from '../../dist/source/sprite.js';

const size = { width: 64, height: 48 };
const whole = { x: 0, y: 0, ...size };
const grey = 100;
let folder: string;
let sprite: Sprite;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facepipe-sprite-'));
  const file = join(folder, 'sprite.png');
  // red on the left, blue on the right, with nothing around them
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">
    <rect x="8" y="8" width="8" height="16" fill="#f00"/><rect x="16" y="8" width="8" height="16" fill="#00f"/></svg>`;
  await sharp(Buffer.from(svg)).png().toFile(file);
  sprite = await loadSprite(file, { x: 8, y: 8, width: 16, height: 16 });
});
after(() => rm(folder, { recursive: true }));

function drawn(placement: Partial<Parameters<typeof drawSprite>[3]>): (x: number, y: number) => number[] {
  const picture = new Uint8Array(size.width * size.height * 3).fill(grey);
  const face = { x: 20, y: 10, width: 16, height: 16 };
  drawSprite(picture, size.width, sprite, { face, mirrored: false, blur: 0, within: whole, ...placement });
  return (x, y) => [...picture.subarray((y * size.width + x) * 3, (y * size.width + x) * 3 + 3)];
}

test('a sprite lies with its face in the box, and leaves what is beside it as it was', () => {
  const at = drawn({});
  assert.deepEqual(at(22, 18), [255, 0, 0]);
  assert.deepEqual(at(34, 18), [0, 0, 255]);
  for (const [x, y] of [[18, 18] as const, [37, 18] as const, [28, 8] as const, [28, 27] as const])
    assert.deepEqual(at(x, y), [grey, grey, grey]);
});

test('it is drawn mirrored, larger, smaller, and only where it may be', () => {
  const mirrored = drawn({ mirrored: true });
  assert.deepEqual(
    [mirrored(22, 18), mirrored(34, 18)],
    [
      [0, 0, 255],
      [255, 0, 0],
    ],
  );
  const large = drawn({ face: { x: 10, y: 4, width: 40, height: 40 } });
  assert.deepEqual(
    [large(14, 24), large(46, 24), large(5, 24)],
    [
      [255, 0, 0],
      [0, 0, 255],
      [grey, grey, grey],
    ],
  );
  const small = drawn({ face: { x: 20, y: 10, width: 6, height: 6 } });
  assert.deepEqual(small(30, 13), [grey, grey, grey]);
  const [red = 0, , blue = 0] = small(21, 13);
  assert.ok(red > 200 && blue < 60);
  const cut = drawn({ within: { x: 0, y: 0, width: 26, height: 48 } });
  assert.deepEqual(
    [cut(22, 18), cut(34, 18)],
    [
      [255, 0, 0],
      [grey, grey, grey],
    ],
  );
});

test('out of focus its edges are soft; over the edge of the picture nothing is drawn', () => {
  const soft = drawn({ blur: 2 });
  const beside = soft(28, 18);
  assert.ok((beside[0] ?? 0) > 30 && (beside[2] ?? 0) > 30, String(beside));
  const at = drawn({ face: { x: -8, y: 40, width: 16, height: 16 } });
  assert.deepEqual(at(4, 44), [0, 0, 255]);
  assert.deepEqual(at(30, 44), [grey, grey, grey]);
});
