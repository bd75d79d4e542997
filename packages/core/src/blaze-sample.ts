import type { BlazeKernel } from './blaze-module.js';
import type { Plan } from './blaze-plan.js';
import { type Columns, rowBytes, rowReader } from './blaze-row.js';
import { type Taps, tapsOf } from './blaze-taps.js';
import type { Image, PixelFormat } from './image.js';

/** A part of an image in its pixels, which may reach beyond it: what lies outside is black. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

const isBlueFirst = (format: PixelFormat): boolean => format === 'bgr' || format === 'bgra';

/** How a region is sampled, and where things lie meanwhile: in the room of tensors that are not yet made. */
export interface Sampling {
  columns: Taps;
  rows: Taps;
  sums: number;
  row: number;
  firsts: number;
  weights: number;
  pixels: number;
  /** bytes of the kernel's memory that it needs, from the first one */
  end: number;
}

/** In whole pairs, as colours are in the formats of cameras. */
const columnsOf = ({ start, end }: Taps, { width }: Image): Columns => ({
  start: start & ~1,
  end: Math.min(width, (end + 1) & ~1),
});

/** How to sample the region for the network's image. */
export function planSampling(plan: Plan, image: Image, region: Region): Sampling {
  const { width, height, scratch: sums } = plan;
  const columns = tapsOf(region.x, region.width, image.width, width);
  const rows = tapsOf(region.y, region.height, image.height, height);
  const row = sums + 16 * width * height;
  const firsts = row + 16 * width;
  const weights = firsts + 4 * width;
  const pixels = weights + 4 * width * columns.taps;
  const end = pixels + rowBytes(columnsOf(columns, image));
  return { columns, rows, sums, row, firsts, weights, pixels, end };
}

/**
 * Writes the region, as large as the network's image, into the kernel's memory, which has to reach to the sampling's
 * end. Rows are read one by one: no copy of the image is made.
 */
export function sample(kernel: BlazeKernel, plan: Plan, image: Image, at: Sampling): void {
  const { columns: taps, rows } = at;
  const memory = new Uint8Array(kernel.memory.buffer);
  memory.fill(0, at.sums, at.row);
  const columns = columnsOf(taps, image);
  const reader = rowReader(kernel, image, columns, at.pixels);
  new Int32Array(memory.buffer, at.firsts, plan.width).set(taps.firsts.map((first) => first - columns.start));
  new Float32Array(memory.buffer, at.weights, taps.weights.length).set(taps.weights);
  let from = 0;
  for (let y = rows.start; y < rows.end && taps.end > taps.start; y++) {
    while (from < plan.height && (rows.firsts[from] ?? 0) + rows.taps <= y) from++;
    kernel.sampleRow(reader.read(y), reader.bytes, at.firsts, at.weights, taps.taps, plan.width, at.row);
    for (let place = from; place < plan.height && (rows.firsts[place] ?? 0) <= y; place++) {
      const weight = rows.weights[place * rows.taps + y - (rows.firsts[place] ?? 0)] ?? 0;
      if (weight > 0) kernel.addRow(at.row, at.sums + 16 * plan.width * place, plan.width, weight);
    }
  }
  for (let place = 0; place < plan.height; place++) {
    const sums = at.sums + 16 * plan.width * place;
    kernel.writeRow(sums, plan.inputPixel + plan.inputRow * place, plan.width, isBlueFirst(image.format));
  }
}
