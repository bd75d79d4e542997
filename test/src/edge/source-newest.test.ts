import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDetector } from '@facepipe/core';
import { type Frame, openSource } from '@facepipe/edge/source';
import sharp from 'sharp';
import { newest } from '../../../packages/edge/dist/source/newest.js';

const skip =
  spawnSync('ffmpeg', ['-version']).status === 0 ? false : 'ffmpeg is not installed: apt-get install ffmpeg';
const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));
const [width, height, bits] = [320, 240, 9];
const bar = Math.floor(width / bits);
const cycle = 2 ** bits;

/** A portrait under bars that are the bits of its number, dark or light. */
async function numbered(number: number, portrait: Buffer): Promise<Buffer> {
  const bars = Array.from({ length: bits }, (_, bit) => {
    const fill = (number >> bit) & 1 ? 'white' : 'black';
    return `<rect x="${bit * bar}" y="0" width="${bar}" height="32" fill="${fill}"/>`;
  });
  const overlay = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${bars.join('')}</svg>`,
  );
  return sharp(portrait)
    .composite([{ input: overlay }])
    .jpeg()
    .toBuffer();
}

function numberOf({ data, width: stride }: Frame): number {
  return Array.from({ length: bits }, (_, bit) => {
    const light = data[(16 * stride + bit * bar + (bar >> 1)) * 3] ?? 0;
    return light > 127 ? 2 ** bit : 0;
  }).reduce((sum, part) => sum + part);
}

test('of a camera at 60 frames a second a slow detector gets the newest, however long it goes on', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const portrait = await sharp(photo).resize(width, height, { fit: 'cover' }).png().toBuffer();
  const pictures: Buffer[] = [];
  for (let number = 0; number < cycle; number++) pictures.push(await numbered(number, portrait));
  let sent = 0;
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    const begun = performance.now();
    const first = sent;
    const timer = setInterval(() => {
      // timers are late and whole milliseconds long: what is due is sent
      for (; sent - first < ((performance.now() - begun) * 60) / 1000; sent++) {
        const picture = pictures[sent % cycle] ?? assert.fail();
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
        response.write(picture);
        response.write('\r\n');
      }
    }, 5);
    response.on('close', () => clearInterval(timer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const detector = await createDetector({ cascade: 'frontalface_default', worker: true });
  t.after(() => detector.close());

  const source = await openSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const stop = new AbortController();
  const frames = newest(source, stop.signal);
  const behind: number[] = [];
  for await (const frame of frames) {
    behind.push((sent - 1 - numberOf(frame) + cycle) % cycle);
    assert.equal(frame.format, 'rgb');
    await detector.detect(frame, { scaleFactor: 1.02, minSize: 24 });
    if (frames.skipped >= 300) stop.abort();
  }
  const late = behind.slice(behind.length / 2);
  const median = [...late].sort((a, b) => a - b)[late.length >> 1] ?? Number.NaN;
  t.diagnostic(`${behind.length} frames taken, ${frames.skipped} skipped; in the last half ${median} behind`);
  // queued, the last would be 300 behind
  assert.ok(median < 60, `the detector was ${median} frames behind the camera`);
});
