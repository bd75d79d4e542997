import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../dist/source/image.js';
import { photoPath } from '../../dist/source/person.js';

const folder = await mkdtemp(join(tmpdir(), 'facepipe-image-'));
after(() => rm(folder, { recursive: true, force: true }));

const encoders: Record<string, (image: Sharp) => Sharp> = {
  jpeg: (image) => image.jpeg(),
  'progressive jpeg': (image) => image.jpeg({ progressive: true }),
  png: (image) => image.png(),
  'interlaced png': (image) => image.png({ progressive: true }),
  webp: (image) => image.webp(),
  'lossless webp': (image) => image.webp({ lossless: true }),
  gif: (image) => image.gif(),
  tiff: (image) => image.tiff({ compression: 'lzw' }),
  'jpeg tiff': (image) => image.tiff({ compression: 'jpeg' }),
  avif: (image) => image.avif({ effort: 0 }),
};

/** How a picture is stored for each EXIF orientation so that it is seen upright (TIFF 6.0, tag 274). */
const stored: readonly ((image: Sharp) => Promise<Sharp>)[] = [
  async (image) => image,
  async (image) => image.flop(),
  async (image) => image.rotate(180),
  async (image) => image.flip(),
  async (image) => sharp(await image.rotate(90).png().toBuffer()).flop(),
  async (image) => image.rotate(270),
  async (image) => sharp(await image.rotate(90).png().toBuffer()).flip(),
  async (image) => image.rotate(90),
];

test('the eight EXIF orientations of one picture give the same pixels', async () => {
  const upright = await decodeImage(photoPath('grace_hopper.jpg'));
  for (const [i, turn] of stored.entries()) {
    const turned = (await turn(sharp(photoPath('grace_hopper.jpg')))).withMetadata({ orientation: i + 1 });
    for (const bytes of [
      await turned.clone().png().toBuffer(),
      await turned.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      assert.equal((await sharp(bytes).metadata()).orientation ?? 1, i + 1);
      const picture = await decodeImage(bytes);
      assert.deepEqual([picture.width, picture.height], [512, 600]);
      assert.ok(Buffer.from(picture.data).equals(upright.data), `orientation ${i + 1}`);
    }
  }
});

for (const [format, encode] of Object.entries(encoders)) {
  test(`${format}: whole is decoded, cut short is refused`, async () => {
    const whole = await encode(sharp(photoPath('astronaut.png')).resize(200, 150)).toBuffer();
    const { width, height, data } = await decodeImage(whole);
    assert.deepEqual([width, height, data.length], [200, 150, 90_000]);
    for (const part of [0.2, 0.5, 0.9]) {
      const cut = whole.subarray(0, Math.floor(whole.length * part));
      await assert.rejects(
        decodeImage(cut, { name: 'cut' }),
        (error: Error & { code?: string; exit?: number }) => {
          assert.match(error.code ?? '', /^FACEPIPE_E_(IMAGE_CORRUPT|SOURCE_NOT_AN_IMAGE)$/);
          assert.match(error.message, /^cut is /);
          return error.exit === 3;
        },
      );
    }
  });
}

test('alpha is dropped, grey stays grey, 16 bits become 8, profiles change nothing', async () => {
  const photo = sharp(photoPath('astronaut.png'));
  const plain = await decodeImage(photoPath('astronaut.png'));
  for (const variant of [photo.clone().ensureAlpha(0.3).png(), photo.clone().toColourspace('rgb16').png()]) {
    const { data, format } = await decodeImage(await variant.toBuffer());
    assert.equal(format, 'rgb');
    assert.ok(Buffer.from(data).equals(plain.data));
  }
  const { data: wide } = await sharp(await photo.clone().withIccProfile('p3').png().toBuffer(), {
    ignoreIcc: true,
  })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const withProfile = await decodeImage(await photo.clone().withIccProfile('p3').png().toBuffer());
  assert.ok(Buffer.from(withProfile.data).equals(wide));
  assert.ok(!wide.equals(plain.data));

  const grey = await decodeImage(photoPath('camera.png'));
  assert.deepEqual([grey.format, grey.data.length], ['gray', 512 * 512]);
  const grey16 = await sharp(photoPath('camera.png')).toColourspace('grey16').png().toBuffer();
  assert.ok(Buffer.from((await decodeImage(grey16)).data).equals(grey.data));
});

test('more than 100 megapixels are refused by the header alone', async () => {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const size = Buffer.from('0000753000007530', 'hex'); // 30000 × 30000
  const rest = Buffer.from('080200000047ee0a7e', 'hex'); // 8 bits, RGB, CRC
  const data = Buffer.from('0000000049444154', 'hex');
  const file = join(folder, 'huge.png');
  await writeFile(file, Buffer.concat([header, size, rest, data]));
  await assert.rejects(decodeImage(file), {
    code: 'FACEPIPE_E_IMAGE_TOO_LARGE',
    exit: 3,
    message: /huge\.png has 30000×30000 pixels, more than the 100 megapixels/,
  });
});

test('text, SVG and nothing are no images, whatever the name says', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
  for (const content of ['hello\n', svg, '']) {
    const file = join(folder, 'text.png');
    await writeFile(file, content);
    await assert.rejects(decodeImage(file), { code: 'FACEPIPE_E_SOURCE_NOT_AN_IMAGE', exit: 3 });
  }
});

test('a path with brackets is a path', async () => {
  const file = join(folder, 'me.png[page=2]');
  await copyFile(photoPath('astronaut.png'), file);
  assert.equal((await decodeImage(file)).width, 512);
});
