import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDetector } from '@facepipe/core';
import { decodeImage, openSource, type SourceOptions } from '@facepipe/edge/source';
import { overlap } from '@facepipe/edge/visit';
import sharp from 'sharp';
import { lureIn } from '../../../packages/edge/dist/source/room.js';
import { demoScene } from '../../../packages/edge/dist/source/scene.js';
import {
  allEnded,
  clip,
  fails,
  ffmpeg,
  never,
  photo,
  programs,
  read,
  root,
  run,
  skip,
  skipPython,
} from '../support/source-scene.js';

test('every picture of a video comes once, without loss, whatever the file is called', { skip }, async () => {
  const { data } = await decodeImage(photo('astronaut.png'));
  for (const name of ['clip.mkv', '-y', 'a b $(touch x) %d.png.mkv', 'concat:a|b', 'clip']) {
    const frames = await read(await clip(name));
    assert.deepEqual(
      frames.map(({ number, width, height }) => [number, width, height]),
      Array.from({ length: 10 }, (_, i) => [i + 1, 512, 512]),
      name,
    );
    for (const frame of frames) assert.ok(Buffer.from(frame.data).equals(data));
  }
  await allEnded();
});

test('an animated GIF is a video', { skip }, async () => {
  await ffmpeg('-i', await clip('clip.mkv'), '-vf', 'scale=64:64,fps=10', 'moving.gif');
  assert.ok((await read(join(root, 'moving.gif'))).length > 1);
});

test('size and rate are as asked for, one side in proportion', { skip }, async () => {
  const path = await clip('clip.mkv');
  const sizes = async (options: SourceOptions) =>
    (await read(path, options)).map((f) => `${f.width}x${f.height}`);
  assert.deepEqual([...new Set(await sizes({ width: 320, height: 240 }))], ['320x240']);
  assert.deepEqual([...new Set(await sizes({ width: 256 }))], ['256x256']);
  // 2.7 seconds and the length of the last picture
  const slow = await sizes({ fps: 2 });
  assert.ok(slow.length >= 5 && slow.length <= 7, `${slow.length} frames`);
});

test('leaving the loop, or abort, ends ffmpeg', { skip }, async () => {
  const path = await clip('clip.mkv');
  assert.equal((await read(path, {}, 1)).length, 1);
  await allEnded();

  const abort = new AbortController();
  let seen = 0;
  for await (const _ of (await openSource(path)).frames(abort.signal)) {
    seen += 1;
    abort.abort();
  }
  assert.equal(seen, 1);
  await allEnded();

  // nobody asks for the second frame: abort alone has to end it
  const left = new AbortController();
  await (await openSource(path, { width: 4000 })).frames(left.signal)[Symbol.asyncIterator]().next();
  assert.equal(programs(), 1);
  left.abort();
  await allEnded();
});

test('what is no video, or has no picture, is told in one line', { skip }, async () => {
  await writeFile(
    join(root, 'noise.mkv'),
    Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 7919) % 251)),
  );
  await fails(read(join(root, 'noise.mkv')), 'FACEPIPE_E_FFMPEG_FAILED', 3, /noise\.mkv: .*Invalid data/);
  await ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', 'sound.mkv');
  await fails(read(join(root, 'sound.mkv')), 'FACEPIPE_E_SOURCE_EMPTY', 3, /sound\.mkv has no frames/);
  const whole = await readFile(await clip('clip.mkv'));
  await writeFile(join(root, 'cut.mkv'), whole.subarray(0, whole.length / 2));
  const frames = await read(join(root, 'cut.mkv'));
  assert.ok(frames.length >= 1 && frames.length < 10, `${frames.length} frames`);
});

test('a playlist or a text file never makes ffmpeg open something else', { skip }, async () => {
  await writeFile(join(root, 'list.m3u8'), '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n');
  await fails(read(join(root, 'list.m3u8')), 'FACEPIPE_E_SOURCE_NOT_AN_IMAGE', 3);
});

test('without ffmpeg the sentence says how to get it', async () => {
  await writeFile(join(root, 'some.mkv'), Buffer.alloc(5000, 0x80));
  const { PATH } = process.env;
  process.env.PATH = join(root, 'nothing');
  try {
    await fails(read(join(root, 'some.mkv')), 'FACEPIPE_E_FFMPEG_MISSING', 3, /apt-get install ffmpeg/);
    await fails(
      read('rtsp://u:s3cret@127.0.0.1/'),
      'FACEPIPE_E_FFMPEG_MISSING',
      3,
      /^rtsp:\/\/127\.0\.0\.1\/ is read/,
    );
  } finally {
    process.env.PATH = PATH;
  }
});

test('MJPEG as ffmpeg writes it comes in on stdin, picture for picture', { skip }, async () => {
  const child = spawn(
    'ffmpeg',
    [
      '-nostdin',
      '-loglevel',
      'error',
      '-i',
      await clip('clip.mkv'),
      '-c:v',
      'mjpeg',
      '-vsync',
      '0',
      '-f',
      'mjpeg',
      '-',
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const source = await openSource('-', { stdin: child.stdout });
  let seen = 0;
  for await (const frame of source.frames(never)) {
    seen += 1;
    assert.deepEqual([frame.width, frame.height], [512, 512]);
  }
  assert.deepEqual([seen, source.corrupt], [10, 0]);
});

test("decoded pictures are OpenCV's, bit for bit", { skip: skipPython }, async () => {
  const astronaut = () => sharp(photo('astronaut.png'));
  await astronaut().toColourspace('rgb16').png().toFile(join(root, 'deep.png'));
  await astronaut().ensureAlpha(0.4).png().toFile(join(root, 'alpha.png'));
  await astronaut().withIccProfile('p3').jpeg({ quality: 90 }).toFile(join(root, 'profile.jpg'));
  await astronaut().jpeg({ quality: 70 }).withMetadata({ orientation: 6 }).toFile(join(root, 'turned.jpg'));
  for (const name of ['astronaut.png', 'grace_hopper.jpg', 'camera.png'])
    await copyFile(photo(name), join(root, name));
  for (const name of [
    'astronaut.png',
    'grace_hopper.jpg',
    'camera.png',
    'deep.png',
    'alpha.png',
    'profile.jpg',
    'turned.jpg',
  ]) {
    const picture = await decodeImage(join(root, name));
    const colour = picture.format === 'gray' ? 'IMREAD_GRAYSCALE' : 'IMREAD_COLOR';
    const script = `import cv2, sys; image = cv2.imread(sys.argv[1], cv2.${colour}); sys.stdout.buffer.write((image if image.ndim == 2 else image[:, :, ::-1]).tobytes())`;
    const { stdout } = await run('/usr/bin/python3', ['-c', script, join(root, name)], {
      encoding: 'buffer',
      maxBuffer: 1 << 24,
    });
    assert.ok(Buffer.from(picture.data).equals(stdout), name);
  }
});

test('the clear faces of the demo scene are found where it says, and beside faces only its lure', async () => {
  const detector = await createDetector({ cascade: 'frontalface_alt2', engine: 'opencv' });
  let looked = 0;
  let found = 0;
  let [frames, lured] = [0, 0];
  const strange: string[] = [];
  try {
    for (const seed of [1, 2, 3]) {
      const scene = await demoScene({ seed, realtime: false });
      for await (const frame of scene.frames(never)) {
        const { number, truth = [] } = frame;
        if (number > 300) break;
        if (number % 6 !== 0) continue;
        const faces = await detector.detect(frame, {
          scaleFactor: 1.1,
          minNeighbors: 5,
          minSize: 30,
        });
        const clear = truth.filter((face) => face.clear);
        looked += clear.length;
        found += clear.filter((box) => faces.some((face) => overlap(face, box) >= 0.5)).length;
        frames++;
        const lure = lureIn(frame);
        if (faces.some((face) => overlap(face, lure) >= 0.3)) lured++;
        for (const face of faces) {
          if (![...truth, lure].some((box) => overlap(face, box) >= 0.3))
            strange.push(`seed ${seed}, frame ${number}: ${JSON.stringify(face)}`);
        }
      }
    }
  } finally {
    await detector.close();
  }
  assert.ok(looked > 60, String(looked));
  assert.equal(found, looked);
  assert.ok(lured > 0.7 * frames, `${lured} of ${frames}: a cascade by itself takes it for a face`);
  // shirts, now and then
  assert.ok(strange.length < 0.05 * frames, strange.join('\n'));
});
