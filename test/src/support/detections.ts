// A program for kernel-soak.test.ts: node --expose-gc detections.js CALLS THREADS prints the memory after each
// quarter of the calls.
import { createDetector, type Image, toRgb } from '@facepipe/core';
import { decodeImage } from 'facepipe';

/** What the program prints, as JSON. */
export interface Detections {
  engine: string;
  threads: number;
  faces: number;
  /** Bytes after each quarter. */
  quarters: { resident: number; buffers: number }[];
}

const photo = new URL('../../../packages/edge/photos/astronaut.png', import.meta.url).pathname;
const [calls = Number.NaN, threads = Number.NaN] = process.argv.slice(2).map(Number);

/** A few sizes in turn, so that buffers sized for the last image would have to be made again. */
async function parts(): Promise<Image[]> {
  const picture = await decodeImage(photo);
  const cut = (x: number, y: number, width: number, height: number): Image => ({
    ...toRgb(picture, { x, y, width, height }),
    format: 'rgb',
  });
  return [cut(170, 60, 110, 110), cut(160, 50, 120, 130), cut(175, 64, 97, 100), cut(150, 60, 140, 102)];
}

const images = await parts();
const detector = await createDetector({ engine: 'simd', threads });
const quarters: Detections['quarters'] = [];
let faces = 0;
for (let call = 0; call < calls; call++) {
  const image = images[call % images.length] as Image;
  faces += (await detector.detect(image, { minSize: 70, scaleFactor: 1.2 })).length;
  if ((call + 1) % Math.floor(calls / 4) !== 0) continue;
  // what is not collected yet comes and goes by megabytes
  for (let round = 0; round < 3; round++) {
    // what one collection finds, another thread frees, and the next one counts
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, external } = process.memoryUsage();
  quarters.push({ resident: rss, buffers: external });
}
const found: Detections = { engine: detector.engine, threads: detector.threads, faces, quarters };
await detector.close();
console.log(JSON.stringify(found));
