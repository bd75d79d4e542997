import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDetector } from '@facepipe/core';
import { decodeImage, type Frame, openSource, type SourceOptions } from '@facepipe/edge/source';
import sharp from 'sharp';
import { lastingSource } from '../../../packages/edge/dist/source/lasting.js';
import { newest } from '../../../packages/edge/dist/source/newest.js';
import { demoScene } from '../../../packages/edge/dist/source/scene.js';
import { startRtsp } from '../support/rtsp.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const skip = works('ffmpeg', '-version') ? false : 'ffmpeg is not installed: apt-get install ffmpeg';
const skipPython = works('/usr/bin/python3', '-c', 'import cv2')
  ? false
  : 'OpenCV for Python is not installed: apt-get install python3-opencv';

const photo = (name: string) =>
  fileURLToPath(new URL(`../../../packages/edge/photos/${name}`, import.meta.url));
const root = await mkdtemp(join(tmpdir(), 'facepipe-source-'));
after(() => rm(root, { recursive: true, force: true }));
const never = new AbortController().signal;

/** Runs ffmpeg in the temporary folder. */
async function ffmpeg(...args: string[]): Promise<void> {
  await run('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...args], { cwd: root });
}

/** Ten pictures of the astronaut without loss, the last four of them slower. */
async function clip(name: string): Promise<string> {
  const slower = "setpts='if(lt(N,6),N,N*3)/10/TB'";
  const input = ['-loop', '1', '-framerate', '10', '-i', photo('astronaut.png')];
  const codec = ['-c:v', 'ffv1', '-pix_fmt', 'bgr0'];
  await ffmpeg(
    ...input,
    '-frames:v',
    '10',
    '-vf',
    slower,
    '-vsync',
    'vfr',
    ...codec,
    '-f',
    'matroska',
    `file:${name}`,
  );
  return join(root, name);
}

async function read(
  spec: string,
  options: SourceOptions = {},
  most = Number.POSITIVE_INFINITY,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of (await openSource(spec, options)).frames(never))
    if (frames.push(frame) === most) break;
  return frames;
}

/** Programs this process has started that still run. */
const programs = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

const allEnded = () => until('every program has ended', () => programs() === 0);

async function fails(promise: Promise<unknown>, code: string, exit: number, message = /./): Promise<void> {
  await assert.rejects(promise, (error: Error & { code?: string; exit?: number }) => {
    assert.deepEqual([error.code, error.exit], [code, exit], error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /s3cret|\n/);
    return true;
  });
}

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

test('an HTTP camera behind a password is live, and is let go on abort', { skip }, async () => {
  const picture = await sharp(photo('astronaut.png')).resize(160).jpeg().toBuffer();
  let open = 0;
  const server = createHttpServer((request, response) => {
    if (request.headers.authorization !== `Basic ${Buffer.from('me:s3cret').toString('base64')}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end();
      return;
    }
    open += 1;
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    const timer = setInterval(() => {
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n');
    }, 20);
    response.on('close', () => {
      clearInterval(timer);
      open -= 1;
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const source = await openSource(`http://me:s3cret@127.0.0.1:${port}/video?key=s3cret`);
    assert.deepEqual([source.name, source.live], [`http://127.0.0.1:${port}/video`, true]);
    const abort = new AbortController();
    const frames = newest(source, abort.signal);
    let seen = 0;
    for await (const frame of frames) {
      assert.deepEqual([frame.width, frame.height], [160, 160]);
      if (++seen === 3) abort.abort();
    }
    assert.equal(seen, 3);
    await until('the connection is closed', () => open === 0);
    await fails(
      read(`http://me:wrong-s3cret@127.0.0.1:${port}/`),
      'FACEPIPE_E_SOURCE_LOGIN',
      3,
      /refuses the user name or the password \(401 Unauthorized\)/,
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('broken pictures of an HTTP camera are counted and left out', { skip }, async () => {
  const good = await sharp(photo('astronaut.png')).resize(160).jpeg().toBuffer();
  const garbled = Buffer.from(good);
  const table = good.indexOf(Buffer.from([0xff, 0xc4]));
  garbled.fill(0xee, table + 4, table + 20);
  const broken = [good.subarray(0, good.length / 2), garbled];
  const server = createHttpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    for (let number = 0; number < 40; number++) {
      const picture = (number % 10 === 9 && broken[(number >> 3) & 1]) || good;
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n');
    }
    response.end('--frame--\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    // not live: every picture counts, and the end is the end
    const source = await openSource(url, { realtime: false });
    let seen = 0;
    for await (const _ of source.frames(never)) seen += 1;
    assert.deepEqual([seen, source.corrupt], [36, 4]);
  } finally {
    server.close();
  }
});

test('a stream that is silent from the start is given up, a refused one is told at once', {
  skip,
}, async () => {
  const server = createServer(() => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `rtsp://me:s3cret@127.0.0.1:${port}/`;
  const source = lastingSource(await openSource(url), { stall: 500 });
  const reading = async () => {
    for await (const _ of source.frames(never)) assert.fail('a frame');
  };
  try {
    await fails(reading(), 'FACEPIPE_E_SOURCE_STALLED', 3, /sent nothing for 15 seconds/);
    await allEnded();
  } finally {
    server.close();
  }
  for (const [protocol, code] of [
    ['rtsp', 'FACEPIPE_E_FFMPEG_FAILED'],
    ['http', 'FACEPIPE_E_SOURCE_HTTP'],
  ] as const) {
    await fails(read(`${protocol}://me:s3cret@127.0.0.1:1/x`), code, 3, /Connection refused/);
  }
});

test('an RTSP camera is read over TCP', { skip }, async () => {
  const camera = await startRtsp(root);
  try {
    const frames = await read(`rtsp://me:s3cret@127.0.0.1:${camera.port}/live`, {}, 3);
    assert.deepEqual(
      frames.map(({ width, height, number }) => [width, height, number]),
      [1, 2, 3].map((number) => [160, 120, number]),
    );
    assert.match(camera.transport(), /RTP\/AVP\/TCP/);
  } finally {
    camera.close();
  }
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

test('the faces of the demo scene are found where it says, and nothing else', async () => {
  const detector = await createDetector({ cascade: 'frontalface_alt2', engine: 'opencv' });
  let looked = 0;
  let found = 0;
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
        looked += truth.length;
        found += truth.filter((box) => faces.some((face) => overlap(face, box) >= 0.5)).length;
        for (const face of faces) {
          if (!truth.some((box) => overlap(face, box) >= 0.5))
            strange.push(`seed ${seed}, frame ${number}: ${JSON.stringify(face)}`);
        }
      }
    }
  } finally {
    await detector.close();
  }
  assert.ok(looked > 200);
  assert.equal(found, looked);
  assert.deepEqual(strange, []);
});

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Intersection over union. */
function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const both = Math.max(0, width) * Math.max(0, height);
  return both / (a.width * a.height + b.width * b.height - both);
}
