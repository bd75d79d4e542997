import { createMotionGate, type MotionGateOptions } from '@facepipe/edge/motion';
import type { Frame } from 'facepipe';
import sharp from 'sharp';
import { createRandom } from '../../packages/edge/dist/source/random.js';
import { photograph, sensorNoise } from './sensor-noise.js';
import type { Finder } from './visit-found.js';

/** What a room in which nothing happens takes. */
export interface IdleRun {
  searches: number;
  /** CPU of a core, ms of every second. */
  gate: number;
  search: number;
}

const size = { width: 640, height: 480 };
const seconds = 20;
/** Different noise for so many frames, which come in random order. */
const made = 16;

/** A photograph without a frontal face, with a sensor's noise: 20 seconds of it in luma, as fast as it goes. */
export async function runIdle(fps: number, finder: Finder, options: MotionGateOptions): Promise<IdleRun> {
  const photo = await sharp(photograph)
    .resize(size.width, size.height, { fit: 'cover' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  const random = createRandom(1);
  const pictures = Array.from({ length: made }, () => noisy(photo, random));
  const gate = createMotionGate(options);
  const used = { searches: 0, gate: 0, search: 0 };
  for (let i = 0; i < seconds * fps; i++) {
    const data = pictures[Math.floor(random() * made)] ?? photo;
    const captured = new Date((1000 * i) / fps);
    const frame: Frame = { ...size, format: 'gray', data, number: i + 1, captured };
    const start = process.cpuUsage();
    const { area } = gate.look(frame, captured.getTime(), []);
    used.gate += since(start);
    if (area === 'none') continue;
    const begin = process.cpuUsage();
    await finder.find(frame, []);
    used.search += since(begin);
    used.searches++;
  }
  return {
    searches: used.searches / seconds,
    gate: used.gate / seconds,
    search: used.search / seconds,
  };
}

function noisy(photo: Uint8Array, random: () => number): Uint8Array {
  const clamped = Uint8ClampedArray.from(photo, (value) => value + sensorNoise(random));
  return new Uint8Array(clamped.buffer);
}

/** CPU, ms. */
export function since(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
