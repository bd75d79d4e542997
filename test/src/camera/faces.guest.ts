import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createDetector, type DetectOptions, type Face, type Image } from '@facepipe/core';
import { openSource } from '@facepipe/edge/source';
import sharp from 'sharp';
import { startMosquitto } from '../support/brokers.js';
import { start } from '../support/program.js';
import { until } from '../support/until.js';
import { end, Feed, loadLoopback, loop, play, unload } from './cameras.js';

const photos = fileURLToPath(new URL('../../../packages/edge/photos/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'facepipe-faces-'));
const pictures = join(folder, 'pictures');
const video = join(folder, 'faces.avi');
const [width, height] = [320, 240];
const detection: DetectOptions = { scaleFactor: 1.2, minNeighbors: 3, minSize: 40 };

before(async () => {
  await loadLoopback();
  // another test's camera would be the first
  await unload('vivid');
  mkdirSync(pictures);
  const people: [string, object][] = [
    ['astronaut.png', {}],
    ['grace_hopper.jpg', {}],
    ['astronaut.png', { kernel: 'nearest' }],
  ];
  for (const [index, [name, options]] of people.entries()) {
    await sharp(join(photos, name))
      .resize(width, height, { fit: 'contain', background: '#456', ...options })
      .removeAlpha()
      .png()
      .toFile(join(pictures, `${index}.png`));
  }
  // pixels as a camera gives them, uncompressed: what is played is what is in the file
  const args = ['-nostdin', '-loglevel', 'error', '-framerate', '2', '-i', join(pictures, '%d.png')];
  execFileSync('ffmpeg', [...args, '-pix_fmt', 'yuyv422', '-c:v', 'rawvideo', video]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Each different frame among the first ones, with its faces. */
async function facesOf(spec: string, frames: number): Promise<Map<string, Face[]>> {
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  const found = new Map<string, Face[]>();
  const source = await openSource(spec, { width, height, realtime: false });
  let count = 0;
  for await (const frame of source.frames(AbortSignal.timeout(120_000))) {
    const key = Buffer.from(frame.data).toString('base64');
    if (!found.has(key)) found.set(key, await detector.detect(frame, detection));
    if (++count === frames) break;
  }
  await detector.close();
  return found;
}

function overlap(a: Face, b: Face): number {
  const across = (start: number, length: number, other: number, otherLength: number) =>
    Math.max(0, Math.min(start + length, other + otherLength) - Math.max(start, other));
  const both = across(a.x, a.width, b.x, b.width) * across(a.y, a.height, b.y, b.height);
  return both / (a.width * a.height + b.width * b.height - both);
}

test('the faces before the camera are those in the files, to the pixel', async () => {
  const expected = await facesOf(pictures, 3);
  assert.deepEqual([expected.size, [...expected.values()].map(({ length }) => length)], [3, [1, 1, 1]]);
  const feed = await Feed.open(loop, { format: 'RGB3', width, height });
  const shown: Buffer[] = [];
  for (const name of ['0.png', '1.png', '2.png'])
    shown.push(await sharp(join(pictures, name)).raw().toBuffer());
  let number = 0;
  const timer = setInterval(() => feed.write(shown[number++ % shown.length] ?? Buffer.alloc(0)), 200);
  feed.write(shown[0] ?? Buffer.alloc(0));
  try {
    const found = await facesOf(`v4l2:${loop}`, 20);
    assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()));
  } finally {
    clearInterval(timer);
    await feed.close();
  }
});

test('the faces in YUYV are those of the same frames in the lossless file', async () => {
  const size = width * height * 2;
  const raw = execFileSync('ffmpeg', [
    '-nostdin',
    '-loglevel',
    'error',
    '-i',
    video,
    '-c',
    'copy',
    '-f',
    'rawvideo',
    '-',
  ]);
  assert.equal(raw.length, 3 * size);
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  const expected = new Map<string, Face[]>();
  for (let frame = 0; frame < 3; frame++) {
    const data = raw.subarray(frame * size, (frame + 1) * size);
    const image: Image = { data, width, height, format: 'yuyv' };
    expected.set(data.toString('base64'), await detector.detect(image, detection));
  }
  await detector.close();
  const player = await play(video, loop);
  const found = await facesOf(`v4l2:${loop}`, 12).finally(() => end(player));
  assert.ok(found.size >= 2, `${found.size} different frames`);
  for (const [frame, faces] of found) assert.deepEqual(faces, expected.get(frame));
  // through ffmpeg the file becomes RGB: the same faces, in other numbers
  const files = [...(await facesOf(video, 3)).values()];
  for (const [index, faces] of [...expected.values()].entries()) {
    const [face, other] = [faces[0], files[index]?.[0]];
    assert.ok(face && other && faces.length === files[index]?.length);
    assert.ok(overlap(face, other) > 0.8, `${JSON.stringify(face)} and ${JSON.stringify(other)}`);
  }
});

test('a bare Node captures faces into a folder, with no other program in reach', {
  timeout: 900_000,
}, async (t) => {
  const bin = join(folder, 'bin');
  const store = join(folder, 'store');
  mkdirSync(bin);
  mkdirSync(store);
  symlinkSync(process.execPath, join(bin, 'node'));
  const env = { PATH: bin };
  const player = await play(video, loop);
  t.after(() => end(player));
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const sink = start(['sink', '--broker', broker.url, '--store', pathToFileURL(store).href, '--port', '0'], {
    env,
  });
  t.after(() => sink.stop('SIGKILL'));
  // no --source: the loopback is the only camera there is
  const capture = start(
    [
      'capture',
      '--broker',
      broker.url,
      '--width',
      `${width}`,
      '--height',
      `${height}`,
      '--frames',
      '4',
      '--send',
      'every',
      '--json',
    ],
    { env },
  );
  t.after(() => capture.stop('SIGKILL'));
  await capture.line(/taking the camera loop10 at \/dev\/video10/);
  const { code, stdout, stderr } = await capture.ended;
  assert.equal(code, 0, stderr);
  const totals = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  assert.ok(totals.captured >= 4, stdout);
  assert.deepEqual([totals.frames, totals.published, totals.lost], [4, totals.captured, 0]);
  const stored = () =>
    readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.png'));
  await until(
    () => `${stored().length} of ${totals.captured} are stored`,
    () => stored().length === totals.captured,
  );
  for (const name of stored()) {
    const { format, width: across = 0, channels } = await sharp(readFileSync(join(store, name))).metadata();
    assert.ok(format === 'png' && across >= 40 && channels === 3, `${name} is ${format} of ${across} pixels`);
  }
  await sink.stop();
});
