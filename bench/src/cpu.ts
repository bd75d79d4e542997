import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { decodeImage, startBroker } from '@facepipe/edge';
import type { Size } from '@facepipe/wire';
import { openCamera } from './cpu-camera.js';
import { filmPictures, roomPictures } from './cpu-pictures.js';
import { machine } from './machine.js';
import { median } from './median.js';
import { since } from './motion-idle.js';
import { table } from './table.js';
import { usageOf } from './usage.js';

// node dist/cpu.js [--person FILM] [--runs N] [--seconds N] [--only TEXT] [-- FLAG…]: the processor that `facepipe
// capture` takes of a camera on HTTP that sends MJPEG, start-up left out: processor time over wall time, of one core.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    person: { type: 'string' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
  },
});
const [runs, seconds] = [Number(values.runs), Number(values.seconds)];
const cli = new URL('../../packages/cli/bin/facepipe.js', import.meta.url).pathname;
/** Until the code is compiled and the visit is confirmed, s. */
const warm = 6;

const broker = await startBroker({ host: '127.0.0.1', port: 0 });

/** Percent of a core. */
async function captureCpu(pictures: readonly Buffer[], fps: number): Promise<number> {
  const camera = await openCamera(pictures, fps);
  const spool = mkdtempSync(join(tmpdir(), 'facepipe-cpu-'));
  const args = [
    cli,
    'capture',
    '--source',
    camera.url,
    '--spool',
    spool,
    '--broker',
    broker.url,
    ...positionals,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'exit');
  try {
    while (camera.given === 0 && child.exitCode === null) await sleep(100);
    await sleep(warm * 1000);
    if (child.exitCode !== null || child.pid === undefined) throw new Error(said);
    const [before, start] = [usageOf(child.pid).cpu, performance.now()];
    await sleep(seconds * 1000);
    return (100_000 * (usageOf(child.pid).cpu - before)) / (performance.now() - start);
  } finally {
    child.kill('SIGTERM');
    await ended;
    camera.close();
    rmSync(spool, { recursive: true, force: true });
  }
}

/** What decoding alone takes, full size, percent of a core. */
async function decodeCpu(pictures: readonly Buffer[], fps: number): Promise<number> {
  for (const picture of pictures.slice(0, 10)) await decodeImage(picture);
  const start = process.cpuUsage();
  for (const picture of pictures) await decodeImage(picture);
  return (since(start) / pictures.length / 10) * fps;
}

const vga = { width: 640, height: 480 };
const hd = { width: 1920, height: 1080 };
const { person } = values;
type Row = { name: string; fps: number; size: Size; pictures: (size: Size) => Promise<Buffer[]> };
const room = { name: 'still room', pictures: roomPictures };
const rows: Row[] = [
  { ...room, fps: 30, size: vga },
  { ...room, fps: 10, size: vga },
  { ...room, fps: 30, size: hd },
];
if (person !== undefined) {
  const film = { name: 'one person', pictures: (size: Size) => filmPictures(person, size) };
  rows.push({ ...film, fps: 30, size: vga }, { ...film, fps: 30, size: hd });
}

const lines: (string | number)[][] = [];
for (const { name, fps, size, pictures: make } of rows) {
  const title = `${name}, ${size.width}×${size.height}, ${fps} a second`;
  if (!title.includes(values.only)) continue;
  const pictures = await make(size);
  const decoding = await decodeCpu(pictures, fps);
  const all: number[] = [];
  for (let i = 0; i < runs; i++) all.push(await captureCpu(pictures, fps));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const middle = median(all);
  lines.push([
    title,
    middle.toFixed(1),
    `${low.toFixed(1)}–${high.toFixed(1)}`,
    decoding.toFixed(1),
    (middle - decoding).toFixed(1),
  ]);
}
const head = ['camera', '% of a core', 'least–most', 'decoding alone', 'beyond decoding'];
console.log(
  `${machine()}\n\nfacepipe capture, MJPEG on HTTP, ${seconds} s, ${runs} runs\n\n${table(head, lines)}`,
);
await broker.close();
