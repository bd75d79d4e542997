// node dist/camera.js [FILE]: reading a camera beside ffmpeg and OpenCV, in the guest of test/lab/camera-vm and nowhere
// else: `node test/run-camera.mjs --bench`. Writes the page to FILE too.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { Feed, load, loop } from '../../test/dist/camera/cameras.js';
import { codes, isLight } from './camera-code.js';
import { median } from './median.js';
import { table } from './table.js';

type Format = 'YUYV' | 'MJPG';
const sizes = [
  [640, 480],
  [1280, 720],
] as const;
const readers = ['facepipe', 'ffmpeg -f v4l2, read from its pipe', 'cv2.VideoCapture'] as const;
type Reader = (typeof readers)[number];

/** Of the frames that come at leisure: enough for a median, and for the processor's clock of 10 ms. */
const calm = { frames: 30, interval: 250 };
/**
 * Milliseconds in which frames come faster than anyone reads them, but not so fast that they are overwritten meanwhile.
 */
const rush = { length: 8_000, interval: 4 };

const python = `
import cv2, sys, time
device, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
camera = cv2.VideoCapture(device, cv2.CAP_V4L2)
camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*sys.argv[4]))
camera.set(cv2.CAP_PROP_FRAME_WIDTH, width)
camera.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
while True:
    ok, frame = camera.read()
    if not ok: continue
    code = sum((int(frame[32, bit * 64 + 32, 0]) > 128) << bit for bit in range(5))
    print(code, time.time() * 1e3, time.process_time() * 1e3, flush=True)
`;

function startReader(reader: Reader, format: Format, width: number, height: number): ChildProcess {
  const script = fileURLToPath(new URL('camera-reader.js', import.meta.url));
  const size = [`${width}`, `${height}`];
  const [program, args] =
    reader === 'cv2.VideoCapture'
      ? ['/usr/bin/python3', ['-c', python, loop, ...size, format]]
      : [process.execPath, [script, reader === 'facepipe' ? 'ours' : 'ffmpeg', loop, format, ...size]];
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** A grey picture with its code in squares and some detail, as a camera would give it. */
async function pictureOf(code: number, format: Format, width: number, height: number): Promise<Buffer> {
  const luma = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      luma[y * width + x] = y < 64 ? (isLight(code, x, y) ? 235 : 16) : 40 + ((x * y * 7) % 160);
    }
  }
  if (format === 'MJPG') {
    const rgb = Buffer.alloc(luma.length * 3);
    for (const [at, light] of luma.entries()) rgb.fill(light, at * 3, at * 3 + 3);
    return sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 80 })
      .toBuffer();
  }
  const yuyv = Buffer.alloc(luma.length * 2, 128);
  for (const [at, light] of luma.entries()) yuyv[at * 2] = light;
  return yuyv;
}

interface Measured {
  latency: number;
  cpu: number;
  fps: number;
}

/** Frames at leisure for latency and processor time, then as many as go for the rate. */
async function measure(
  reader: Reader,
  format: Format,
  [width, height]: (typeof sizes)[number],
): Promise<Measured> {
  const pictures: Buffer[] = [];
  for (let code = 0; code < codes; code++) pictures.push(await pictureOf(code, format, width, height));
  const feed = await Feed.open(loop, { format, width, height });
  const sent: number[] = [];
  let number = 0;
  const show = () => {
    const code = number++ % codes;
    sent[code] = Date.now();
    feed.write(pictures[code] ?? Buffer.alloc(0));
  };
  show();
  const child = startReader(reader, format, width, height);
  const taken: { latency: number; at: number; cpu: number }[] = [];
  if (!child.stdout) throw new Error('the reader has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [code = 0, at = 0, cpu = 0] = line.split(' ').map(Number);
    taken.push({ latency: at - (sent[code] ?? Number.NaN), at, cpu });
  });
  try {
    // the first frames pay for what is compiled and loaded
    for (const deadline = Date.now() + 120_000; taken.length < calm.frames + 10; await sleep(calm.interval)) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${reader} gave ${taken.length} frames`);
      show();
    }
    const steady = taken.slice(10);
    const [first, last] = [steady[0], steady.at(-1)];
    if (!first || !last) throw new Error(`${reader} gave no frames`);
    const begun = taken.length;
    for (const until = Date.now() + rush.length; Date.now() < until; await sleep(rush.interval)) show();
    const rushed = taken.slice(begun + 1);
    const span = (rushed.at(-1)?.at ?? 0) - (rushed[0]?.at ?? 0);
    return {
      latency: median(steady.map(({ latency }) => latency)),
      cpu: (last.cpu - first.cpu) / (steady.length - 1),
      fps: (1000 * (rushed.length - 1)) / span,
    };
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await feed.close();
  }
}

await load('v4l2loopback', 'video_nr=10', 'max_buffers=8');
const rows: string[][] = [];
for (const format of ['YUYV', 'MJPG'] as const) {
  for (const size of sizes) {
    const results: [Reader, Measured][] = [];
    for (const reader of readers) results.push([reader, await measure(reader, format, size)]);
    const ours = results[0]?.[1];
    if (!ours) throw new Error('nothing was measured');
    for (const [reader, { latency, cpu, fps }] of results) {
      const ratio = (value: number, base: number) => (value / base).toFixed(2);
      rows.push([
        `${format} ${size.join('×')}, ${reader}`,
        ratio(fps, ours.fps),
        ratio(cpu, ours.cpu),
        ratio(latency, ours.latency),
      ]);
      console.error(
        `${format} ${size.join('×')} ${reader}: ${fps.toFixed(1)}/s, ${cpu.toFixed(1)} ms, ${latency} ms`,
      );
    }
  }
}

const page = `# Reading a camera

Made by \`node test/run-camera.mjs --bench\`: one run in an emulated machine. Milliseconds mean nothing there, so every
number is a multiple of facepipe's. The camera is v4l2loopback, fed by another process. Each reader hands over every
frame as pixels: YUYV as it is (OpenCV makes BGR of it), MJPG decoded.

- **rate**: frames a second when more come than can be read; higher is better. v4l2loopback then overwrites what is
  being read. OpenCV decodes MJPG in the driver's memory, so its rate includes damaged pictures.
- **processor**: processor time for a frame at four frames a second, in all threads; for ffmpeg also that of the program
  that reads its pipe; lower is better. Emulation slows the vector code with which sharp decodes JPEG; on the machine
  itself that code is as fast as OpenCV's.
- **latency**: from the write into the camera to the pixels in hand, median of ${calm.frames}; lower is better.

${table(['', 'rate', 'processor', 'latency'], rows)}
`;
console.log(page);
const file = process.argv[2];
if (file) writeFileSync(file, page);
