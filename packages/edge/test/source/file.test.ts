import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { openSource } from '../../dist/source/open.js';
import { photoPath } from '../../dist/source/person.js';
import type { Frame, SourceOptions } from '../../dist/source/source.js';

const root = await mkdtemp(join(tmpdir(), 'facepipe-file-'));
after(() => rm(root, { recursive: true, force: true }));
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const astronaut = photoPath('astronaut.png');

async function folder(name: string, files: Record<string, string | Buffer>): Promise<string> {
  const path = join(root, name);
  await mkdir(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
  return path;
}

async function read(spec: string, options: SourceOptions = {}) {
  const source = await openSource(spec, options);
  const frames: Frame[] = [];
  for await (const frame of source.frames(new AbortController().signal)) frames.push(frame);
  return { source, frames };
}

const small = await sharp(astronaut).resize(64).jpeg().toBuffer();

test('an image is one frame that knows its file', async () => {
  const { source, frames } = await read(astronaut);
  assert.equal(source.live, false);
  assert.deepEqual(
    frames.map(({ width, height, number, file }) => ({ width, height, number, file })),
    [{ width: 512, height: 512, number: 1, file: astronaut }],
  );
});

test('content decides what a file is, not its name', async () => {
  const path = await folder('misnamed', { 'photo.mp4': small, photo: small, 'photo.txt': small });
  for (const name of ['photo.mp4', 'photo', 'photo.txt']) {
    assert.equal((await read(join(path, name))).frames.length, 1, name);
  }
});

test('a folder is read in natural order; what is no whole image is counted, told and passed over', async () => {
  const path = await folder('mixed', {
    'face10.jpg': small,
    'face2.jpg': small,
    'face1.jpg': small,
    'face3.jpg': small.subarray(0, 900),
    'notes.png': 'a text file\n',
    '.hidden': 'not looked at',
  });
  await mkdir(join(path, 'below'));
  await copyFile(astronaut, join(path, 'below', 'face4.png'));
  const warnings: string[] = [];
  const { source, frames } = await read(path, { onWarning: (message) => warnings.push(message) });
  assert.deepEqual(
    frames.map(({ file, number }) => `${number} ${basename(file ?? '')}`),
    ['1 face1.jpg', '2 face2.jpg', '3 face10.jpg'],
  );
  assert.equal(source.corrupt, 2);
  assert.equal(warnings.length, 2);
  assert.match(warnings[0] ?? '', /^skipped face3\.jpg: .*broken or cut short/);
  assert.match(warnings[1] ?? '', /^skipped notes\.png: .*not an image/);
});

test('a glob reaches into subfolders', async () => {
  const path = await folder('globbed', { 'a.jpg': small, 'b.png': small, 'c.txt': 'no' });
  await folder('globbed/deep', { 'd.jpg': small });
  const { frames } = await read(`${path}/**/*.jpg`);
  assert.deepEqual(
    frames.map(({ file }) => basename(file ?? '')),
    ['a.jpg', 'd.jpg'],
  );
});

test('a file whose name looks like a glob is that file', async () => {
  const path = await folder('brackets', { 'me[1].jpg': small });
  assert.equal((await read(join(path, 'me[1].jpg'))).frames.length, 1);
});

test('options that do not apply are told once', async () => {
  const warnings: string[] = [];
  await read(astronaut, { width: 100, fps: 3, onWarning: (message) => warnings.push(message) });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^width, fps does not apply/);
});

test('what cannot be a source is refused in one line with the right exit code', async () => {
  const path = await folder('bad', {
    'text.png': 'hello\n',
    'text.txt': 'hello\n',
    'empty.jpg': '',
    'cut.jpg': small.subarray(0, 900),
  });
  const unreadable = await folder('none', { 'a.txt': 'no' });
  const cases: [spec: string, code: string, exit: number][] = [
    [join(path, 'nothing.png'), 'FACEPIPE_E_SOURCE_NOT_FOUND', 3],
    [join(path, 'text.png', 'below'), 'FACEPIPE_E_SOURCE_NOT_FOUND', 3],
    ['', 'FACEPIPE_E_SOURCE_NOT_FOUND', 3],
    [join(path, 'text.png'), 'FACEPIPE_E_SOURCE_NOT_AN_IMAGE', 3],
    [join(path, 'text.txt'), 'FACEPIPE_E_SOURCE_NOT_AN_IMAGE', 3],
    [join(path, 'empty.jpg'), 'FACEPIPE_E_SOURCE_NOT_AN_IMAGE', 3],
    [join(path, 'cut.jpg'), 'FACEPIPE_E_IMAGE_CORRUPT', 3],
    [await folder('empty', {}), 'FACEPIPE_E_SOURCE_EMPTY', 3],
    [unreadable, 'FACEPIPE_E_SOURCE_EMPTY', 3],
    [`${path}/*.gif`, 'FACEPIPE_E_SOURCE_EMPTY', 3],
    [
      'v4l2:/dev/video77',
      process.platform === 'linux' ? 'FACEPIPE_E_CAMERA_NOT_FOUND' : 'FACEPIPE_E_CAMERA_PLATFORM',
      3,
    ],
    ['ftp://user:s3cret@host/a.mp4', 'FACEPIPE_E_SOURCE_SPEC', 2],
    ['rtsp://', 'FACEPIPE_E_SOURCE_SPEC', 2],
    ['/dev/null', 'FACEPIPE_E_SOURCE_SPEC', 2],
  ];
  for (const [spec, code, exit] of cases) {
    await assert.rejects(read(spec), (error: Error & { code?: string; exit?: number }) => {
      assert.deepEqual([error.code, error.exit], [code, exit], `${spec}: ${error.message}`);
      assert.doesNotMatch(error.message, /s3cret|\n/);
      return true;
    });
  }
  for (const options of [{ width: 0 }, { height: 1.5 }, { fps: 0 }, { fps: Number.NaN }, { seed: 0.5 }]) {
    await assert.rejects(openSource('demo', options), { code: 'FACEPIPE_E_SOURCE_OPTION', exit: 2 });
  }
});

test('abort stops between pictures', async () => {
  const path = await folder(
    'many',
    Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.jpg`, small])),
  );
  const abort = new AbortController();
  let seen = 0;
  for await (const _ of (await openSource(path)).frames(abort.signal)) if (++seen === 2) abort.abort();
  assert.equal(seen, 2);
});

test('the files of a source are read one at a time, when they are asked for', async () => {
  const path = await folder('late', { 'a.jpg': small, 'b.jpg': small });
  const frames = (await openSource(path)).frames(new AbortController().signal)[Symbol.asyncIterator]();
  await frames.next();
  await writeFile(join(path, 'b.jpg'), await readFile(astronaut));
  assert.equal((await frames.next()).value?.width, 512);
});

const colours = ['red', 'green', 'blue'];
const pages = await Promise.all(
  colours.map((background) =>
    sharp({ create: { width: 40, height: 30, channels: 3, background } })
      .png()
      .toBuffer(),
  ),
);

test('every picture of an animated WebP and of a TIFF of several pages is a frame', async () => {
  const path = join(root, 'several');
  await mkdir(path, { recursive: true });
  const join3 = () => sharp(pages, { join: { animated: true } });
  await join3().webp({ lossless: true }).toFile(join(path, 'animated.webp'));
  await join3().tiff().toFile(join(path, 'pages.tif'));
  for (const name of ['animated.webp', 'pages.tif']) {
    const { frames } = await read(join(path, name));
    assert.deepEqual(
      frames.map(({ number, page, width, height }) => [number, page, width, height]),
      [1, 2, 3].map((n) => [n, n, 40, 30]),
      name,
    );
    assert.deepEqual(
      frames.map(({ data: [r = 0, g = 0, b = 0] }) => [r, g, b].indexOf(Math.max(r, g, b))),
      [0, 1, 2],
      name,
    );
  }
  assert.equal((await read(path)).frames.length, 6);
});

test('a pyramid TIFF is one picture, its reduced copies are none', async () => {
  const path = join(root, 'pyramid.tif');
  await sharp(astronaut).tiff({ tile: true, pyramid: true }).toFile(path);
  assert.deepEqual(
    (await read(path)).frames.map(({ width, page }) => [width, page]),
    [[512, undefined]],
  );
});

test('JPEGs one after the other in a file are a film; one with another in it, or behind other bytes, is a picture', async () => {
  const mpf = Buffer.from([0xff, 0xe2, 0x00, 0x08, ...Buffer.from('MPF\0'), 0, 0]);
  const path = await folder('sequences', {
    'clip.mjpeg': Buffer.concat(Array.from({ length: 5 }, () => small)),
    'multipart.jpg': Buffer.concat([
      small,
      Buffer.from('\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n'),
      small,
    ]),
    'trailing.jpg': Buffer.concat([small, Buffer.alloc(5000, 65), small]),
    'depth.jpg': Buffer.concat([small.subarray(0, 2), mpf, small.subarray(2), small]),
  });
  const counts: Record<string, number> = {
    'clip.mjpeg': 5,
    'multipart.jpg': 2,
    'trailing.jpg': 1,
    'depth.jpg': 1,
  };
  for (const [name, count] of Object.entries(counts))
    assert.equal((await read(join(path, name))).frames.length, count, name);
});

test('of an animated PNG the first picture is read, and the others are told of', async () => {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(type, 4, 'latin1');
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])));
    return Buffer.concat([head, data, crc]);
  };
  const png = await sharp(astronaut).resize(64).png().toBuffer();
  const acTL = Buffer.alloc(8);
  acTL.writeUInt32BE(7);
  const path = await folder('animated', {
    'moving.png': Buffer.concat([png.subarray(0, 33), chunk('acTL', acTL), png.subarray(33)]),
  });
  const warnings: string[] = [];
  const { frames } = await read(join(path, 'moving.png'), { onWarning: (text) => warnings.push(text) });
  assert.equal(frames.length, 1);
  assert.match(warnings.join(), /moving\.png has 7 pictures, of which the first is read/);
});

test('pictures that ffmpeg reads are read in a folder, too; what is no regular file is not opened', async () => {
  const path = await folder('grabbed', {
    'a.pgm': Buffer.concat([Buffer.from('P5 32 24 255\n'), Buffer.alloc(32 * 24, 200)]),
    'b.jpg': small,
    'plain.pgm': `P2 32 24 255\n${'90 '.repeat(32 * 24)}`,
  });
  execFileSync('mkfifo', [join(path, 'pipe.jpg')]);
  const { source, frames } = await read(path);
  const names = frames.map(({ file = '' }) => basename(file));
  if (hasFfmpeg) assert.deepEqual([names, source.corrupt], [['a.pgm', 'b.jpg', 'plain.pgm'], 0]);
  else assert.deepEqual([names, source.corrupt], [['b.jpg'], 2]);
});

test('a HEIC photograph is told as what it is', async () => {
  const ftyp = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
  const path = await folder('phone', { 'photo.heic': Buffer.concat([ftyp, Buffer.alloc(4000, 7)]) });
  await assert.rejects(read(join(path, 'photo.heic')), { code: 'FACEPIPE_E_IMAGE_HEVC', exit: 3 });
});
