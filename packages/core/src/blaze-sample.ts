import type { BlazeKernel } from './blaze-module.js';
import type { Plan } from './blaze-plan.js';
import { type Taps, tapsOf } from './blaze-taps.js';
import { bytesPerPixel, type Image, type PixelFormat } from './image.js';

/** A part of an image in its pixels, which may reach beyond it: what lies outside is black. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

const isBlueFirst = (format: PixelFormat): boolean => format === 'bgr' || format === 'bgra';

/** Bytes of a pixel as `sampleRow` reads it: YUV has become red, green, blue and nothing. */
const sampledBytes = (format: PixelFormat): number => (format === 'yuyv' ? 4 : bytesPerPixel[format]);

/** Where things lie in the kernel's memory while an image is sampled: in the room of tensors that are not yet made. */
interface Scratch {
  sums: number;
  row: number;
  firsts: number;
  weights: number;
  pixels: number;
  converted: number;
  end: number;
}

function scratchOf(plan: Plan, columns: Taps): Scratch {
  const { width, height, scratch: sums } = plan;
  const row = sums + 16 * width * height;
  const firsts = row + 16 * width;
  const weights = firsts + 4 * width;
  const pixels = weights + 4 * width * columns.taps;
  // YUYV begins with a whole pair; three bytes may be read after a row
  const converted = pixels + 4 * (columns.end - columns.start + 2);
  return {
    sums,
    row,
    firsts,
    weights,
    pixels,
    converted,
    end: converted + 4 * (columns.end - columns.start + 2),
  };
}

/** Bytes of the kernel's memory that sampling needs, from the first one. */
export function sampleEnd(plan: Plan, image: Image, region: Region): number {
  return scratchOf(plan, tapsOf(region.x, region.width, image.width, plan.width)).end;
}

/**
 * Writes the region, as large as the network's image, into the kernel's memory, which has to reach to `sampleEnd`.
 * Rows are read one by one: no copy of the image is made.
 */
export function sample(kernel: BlazeKernel, plan: Plan, image: Image, region: Region): void {
  const { data, width, format } = image;
  const columns = tapsOf(region.x, region.width, width, plan.width);
  const rows = tapsOf(region.y, region.height, image.height, plan.height);
  const at = scratchOf(plan, columns);
  const memory = new Uint8Array(kernel.memory.buffer);
  memory.fill(0, at.sums, at.row);
  const bytes = bytesPerPixel[format];
  // of YUYV from a whole pair on, to a whole pair
  const start = format === 'yuyv' ? columns.start & ~1 : columns.start;
  const end = format === 'yuyv' ? (columns.end + 1) & ~1 : columns.end;
  const sampled = sampledBytes(format);
  memory.set(new Uint8Array(columns.firsts.map((first) => first - start).buffer), at.firsts);
  memory.set(new Uint8Array(columns.weights.buffer), at.weights);
  let from = 0;
  for (let y = rows.start; y < rows.end && columns.end > columns.start; y++) {
    while (from < plan.height && (rows.firsts[from] ?? 0) + rows.taps <= y) from++;
    memory.set(data.subarray((y * width + start) * bytes, (y * width + end) * bytes), at.pixels);
    let pixels = at.pixels;
    if (format === 'yuyv') {
      kernel.convertRow(pixels, pixels + 1, pixels + 3, 2, 4, end - start, at.converted);
      pixels = at.converted;
    }
    kernel.sampleRow(pixels, sampled, at.firsts, at.weights, columns.taps, plan.width, at.row);
    for (let place = from; place < plan.height && (rows.firsts[place] ?? 0) <= y; place++) {
      const weight = rows.weights[place * rows.taps + y - (rows.firsts[place] ?? 0)] ?? 0;
      if (weight > 0) kernel.addRow(at.row, at.sums + 16 * plan.width * place, plan.width, weight);
    }
  }
  for (let place = 0; place < plan.height; place++) {
    const sums = at.sums + 16 * plan.width * place;
    kernel.writeRow(sums, plan.inputPixel + plan.inputRow * place, plan.width, isBlueFirst(format));
  }
}
