import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { facepipe } from '../support/program.js';

const skip =
  spawnSync('ffmpeg', ['-version']).status === 0 ? false : 'ffmpeg is not installed: apt-get install ffmpeg';
const photos = fileURLToPath(new URL('../../../packages/edge/photos/', import.meta.url));
const astronaut = join(photos, 'astronaut.png');
const folder = mkdtempSync(join(tmpdir(), 'facepipe-detect-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await facepipe(['detect', ...args, '--json']);
  assert.equal(code, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

test('JSON Lines have the contract’s members, faces sorted by y, then x, then width', async () => {
  const [found] = await json(astronaut, '--min-neighbors', '0');
  assert.deepEqual(Object.keys(found), ['file', 'width', 'height', 'faces', 'ms']);
  assert.deepEqual([found.file, found.width, found.height], [astronaut, 512, 512]);
  assert.ok(found.faces.length > 10);
  assert.deepEqual(Object.keys(found.faces[0]), ['x', 'y', 'width', 'height', 'neighbors']);
  const order = found.faces.map(({ x, y, width }: Record<string, number>) => [y, x, width]);
  assert.deepEqual(
    order,
    [...order].sort(([a, b, c], [d, e, f]) => a - d || b - e || c - f),
  );
});

test('two threads find what one does', async () => {
  const args = [astronaut, '--cascade', 'frontalface_alt2', '--min-neighbors', '0'];
  const [[alone], [together]] = await Promise.all([json(...args), json(...args, '--threads', '2')]);
  assert.ok(alone.faces.length > 10);
  assert.deepEqual(together.faces, alone.faces);
});

test('asked to verify, faces have a score, the network’s box and six landmarks; cascades can be joined', async () => {
  const profile = join(photos, 'camera.png');
  const joined = ['--cascade', 'frontalface_alt2,profileface'];
  const found = await json(astronaut, profile, ...joined, '--verify', 'on');
  for (const { faces } of found) {
    assert.equal(faces.length, 1);
    assert.deepEqual(Object.keys(faces[0]), [
      'x',
      'y',
      'width',
      'height',
      'neighbors',
      'verify',
      'landmarks',
    ]);
    assert.ok(faces[0].verify >= 0.5 && faces[0].verify <= 1);
    assert.equal(Object.keys(faces[0].landmarks).length, 6);
  }
  const [, none] = await json(astronaut, profile, '--cascade', 'frontalface_alt2', '--verify', 'on');
  assert.deepEqual(none.faces, []);
  const { stdout } = await facepipe(['detect', astronaut, ...joined, '--verify', '0.3']);
  assert.match(stdout, /neighbors \d+ {2}verify 0\.\d{3}$/m);
});

test('a table for people, crops and annotated pictures', async () => {
  const crops = join(folder, 'crops');
  const annotate = join(folder, 'annotated');
  const args = ['detect', astronaut, join(photos, 'grace_hopper.jpg'), '--cascade', 'frontalface_alt2'];
  const { code, stdout, stderr } = await facepipe([...args, '--crops', crops, '--annotate', annotate]);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /astronaut\.png {2}512x512 {2}1 face {2}[\d.]+ ms\n {2}x +\d+ {2}y +\d+ +(\d+)x\1 {2}neighbors \d+/,
  );
  assert.deepEqual(readdirSync(crops).sort(), ['astronaut-1.png', 'grace_hopper-1.png']);
  const [, side] = /(\d+)x\1 {2}neighbors/.exec(stdout) ?? [];
  assert.equal((await sharp(join(crops, 'astronaut-1.png')).metadata()).width, Number(side));
  const drawn = await sharp(join(annotate, 'astronaut.png')).raw().toBuffer();
  const green = drawn.filter(
    (_, index) => index % 3 === 0 && drawn[index] === 0 && drawn[index + 1] === 0xe0,
  ).length;
  assert.ok(green > 4 * Number(side), 'a frame is drawn around the face');
});

test('a portrait in EXIF orientations 1 to 8 gives the same faces', async () => {
  const { data, info } = await sharp(join(photos, 'grace_hopper.jpg'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width: W, height: H, channels } = info;
  // where the upright picture's pixel for row r, column c of the stored one is: EXIF 2.3, 4.6.4, Orientation
  const upright: Record<number, (r: number, c: number) => [row: number, column: number]> = {
    1: (r, c) => [r, c],
    2: (r, c) => [r, W - 1 - c],
    3: (r, c) => [H - 1 - r, W - 1 - c],
    4: (r, c) => [H - 1 - r, c],
    5: (r, c) => [c, r],
    6: (r, c) => [c, W - 1 - r],
    7: (r, c) => [H - 1 - c, W - 1 - r],
    8: (r, c) => [H - 1 - c, r],
  };
  const files: string[] = [];
  for (const [orientation, at] of Object.entries(upright)) {
    const [width, height] = Number(orientation) < 5 ? [W, H] : [H, W];
    const stored = Buffer.alloc(data.length);
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) {
        const [row, column] = at(r, c);
        const from = (row * W + column) * channels;
        data.copy(stored, (r * width + c) * channels, from, from + channels);
      }
    }
    const file = join(folder, `orientation-${orientation}.png`);
    const image = sharp(stored, { raw: { width, height, channels } });
    await image
      .withMetadata({ orientation: Number(orientation) })
      .png()
      .toFile(file);
    files.push(file);
  }
  const found = await json(...files);
  assert.equal(found.length, 8);
  assert.equal(found[0].faces.length, 1);
  for (const { file, width, height, faces } of found) {
    assert.deepEqual([width, height, faces], [W, H, found[0].faces], file);
  }
});

test('pictures of one name, and the folder they are in: all crops are there, no picture is replaced', async () => {
  const places = ['one', 'two', 'three'].map((name) => join(folder, name));
  const copies = places.map((place) => join(place, 'photo.png'));
  for (const [index, place] of places.entries()) {
    mkdirSync(place);
    copyFileSync(astronaut, copies[index] ?? '');
  }
  const crops = join(folder, 'same-name');
  const found = await json(...copies, '--crops', crops, '--annotate', places[0] ?? '');
  const faces = found.reduce((sum, { faces: { length } }) => sum + length, 0);
  assert.ok(faces >= 3);
  assert.equal(readdirSync(crops).length, faces);
  for (const copy of copies) assert.deepEqual(readFileSync(copy), readFileSync(astronaut));
  assert.deepEqual(readdirSync(places[0] ?? '').sort(), [
    'photo.png',
    'photo~2.png',
    'photo~3.png',
    'photo~4.png',
  ]);
});

test('frames of a video have names that sort as they follow each other', { skip }, async () => {
  const clip = join(folder, 'clip.mkv');
  spawnSync('ffmpeg', [
    '-v',
    'error',
    '-loop',
    '1',
    '-i',
    astronaut,
    '-frames:v',
    '12',
    '-c:v',
    'mjpeg',
    clip,
  ]);
  const annotate = join(folder, 'frames');
  await json(clip, '--annotate', annotate, '--min-size', '200');
  const names = readdirSync(annotate).sort();
  assert.deepEqual([names.length, names[0], names.at(-1)], [12, 'clip-000001.png', 'clip-000012.png']);
});
