import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { connect } from '@facepipe/wire';
import sharp from 'sharp';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { freshFolder, type Program, start } from '../support/program.js';
import { until } from '../support/until.js';

const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } });

/** EXIF whose fields all have the whole of it as their value: 300 million numbers in 64 kB. */
function overlapping(bytes: number): Buffer {
  const exif = Buffer.alloc(bytes);
  exif.write('II*\0', 'latin1');
  exif.writeUInt32LE(8, 4);
  const fields = Math.min(65_535, Math.floor((bytes - 14) / 12));
  exif.writeUInt16LE(fields, 8);
  for (let i = 0, at = 10; i < fields; i++, at += 12) {
    exif.writeUInt16LE(i, at);
    exif.writeUInt16LE(1, at + 2);
    exif.writeUInt32LE(bytes, at + 4);
  }
  return exif;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

async function bombs(): Promise<Record<string, Buffer>> {
  const [jpeg, png, webp] = await Promise.all([
    picture.clone().jpeg().toBuffer(),
    picture.clone().png().toBuffer(),
    picture
      .clone()
      .withExif({ IFD0: { ImageDescription: 'x' } })
      .webp()
      .toBuffer(),
  ]);
  const exif = Buffer.concat([Buffer.from('Exif\0\0'), overlapping(65_527)]);
  const text = deflateSync(Buffer.alloc(50_000_000), { level: 9 });
  const header = 33; // behind IHDR
  const riff = webp.indexOf('EXIF');
  const large = overlapping(800_000);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(large.length);
  const extended = Buffer.concat([webp.subarray(0, riff + 4), size, large]);
  extended.writeUInt32LE(extended.length - 8, 4);
  return {
    'JPEG with overlapping EXIF': Buffer.concat([
      jpeg.subarray(0, 2),
      Buffer.from([0xff, 0xe1, 0xff, 0xff]),
      exif,
      jpeg.subarray(2),
    ]),
    'PNG with overlapping EXIF': Buffer.concat([
      png.subarray(0, header),
      chunk('eXIf', large),
      png.subarray(header),
    ]),
    'WebP with overlapping EXIF': extended,
    'PNG with 1 GB of text': Buffer.concat([
      png.subarray(0, header),
      ...Array.from({ length: 20 }, (_, i) => chunk('zTXt', Buffer.concat([Buffer.from(`${i}\0\0`), text]))),
      png.subarray(header),
    ]),
  };
}

/** Megabytes that a program has had in memory at most. */
function peak({ child }: Program): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

test('images made to be expensive cost sink, log and audit nothing, and the face behind them is stored', {
  skip: mosquittoMissing ?? false,
  timeout: 300_000,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const bucket = freshFolder('facepipe-bucket-');
  const env = { NODE_OPTIONS: '--max-old-space-size=200' };
  const json = ['--broker', broker.url, '--json'];
  const sink = start(['sink', ...json, '--store', `file://${bucket}`], { env });
  const log = start(['log', ...json], { env });
  const audit = start(['log', '--audit', ...json], { env });
  const programs = { sink, log, audit };
  t.after(() => Promise.all(Object.values(programs).map((program) => program.stop())));
  await Promise.all([sink.line(/storing/), log.line(/connected/), audit.line(/following/)]);
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const send = (device: string, payload: Buffer) =>
    link.publish({ topic: `facepipe/${device}/faces`, payload });
  const good = await picture.clone().png().toBuffer();
  // repeated until it has subscribed, which log announces nowhere
  await until('log follows', async () => {
    await send('before', good);
    return log.output().includes('"before"');
  });
  const idle = Object.values(programs).map(peak);
  const sent = await bombs();
  for (const [name, bomb] of Object.entries(sent)) {
    assert.ok(bomb.length < 2e6, name);
    await send('evil', bomb);
  }
  await send('good', good);
  const through = () =>
    readdirSync(bucket, { recursive: true }).some((name) => String(name).includes(join('good', ''))) &&
    log.output().includes('"good"') &&
    // it says so every ten seconds
    audit.lines.some((line) => /devices 3 {2}seen 6 {2}stored 6/.test(line));
  const ended = () => Object.entries(programs).find(([, { child }]) => child.exitCode ?? child.signalCode);
  await until('the good face is stored and seen, or a program has ended', () => through() || !!ended());
  assert.equal(ended()?.[0], undefined);
  const peaks = Object.values(programs).map(peak);
  t.diagnostic(`peak before ${idle.map(Math.round)} and after ${peaks.map(Math.round)} MB`);
  for (const [i, megabytes] of peaks.entries())
    assert.ok(megabytes - (idle[i] ?? 0) < 100, `${megabytes} MB`);
});
