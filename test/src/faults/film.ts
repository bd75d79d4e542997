import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Service } from './service.js';

const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));
/** The astronaut's head in her photograph, and how large it is in ours, pixels. */
const head = { left: 142, top: 0, width: 168, height: 200 };
const tile = { width: 84, height: 100 };

/** One JPEG picture of `columns` × `rows` heads, each of which frontalface_alt2 finds, no smaller than `least`. */
export async function crowd(columns: number, rows: number, least = { width: 0, height: 0 }): Promise<Buffer> {
  const one = await sharp(photo).extract(head).resize(tile).toBuffer();
  const places = Array.from({ length: columns * rows }, (_, n) => ({
    input: one,
    left: (n % columns) * tile.width,
    top: Math.floor(n / columns) * tile.height,
  }));
  const background = { r: 90, g: 90, b: 90 };
  const size = {
    width: Math.max(least.width, columns * tile.width),
    height: Math.max(least.height, rows * tile.height),
  };
  return sharp({ create: { ...size, channels: 3, background } })
    .composite(places)
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Writes one more picture to the capture's stdin, where it runs; waits while its pipe is full. */
export async function show(capture: Service, picture: Buffer): Promise<void> {
  const stdin = capture.program?.child.stdin;
  if (!stdin?.writable || stdin.write(picture)) return;
  // a killed program never drains, and its end may be an error of the pipe
  const over = new AbortController();
  await Promise.race(['drain', 'close'].map((event) => once(stdin, event, over))).catch(() => {});
  over.abort();
}
