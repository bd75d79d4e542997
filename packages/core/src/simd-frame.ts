import type { Cascade } from './cascade.js';
import { flags } from './cascade-compact.js';
import { coreError } from './error.js';
import type { GrayImage } from './image.js';
import type { Size } from './option.js';
import type { Kernel } from './simd-module.js';
import type { Layer } from './simd-scale.js';

/** Where the kernel reads what to do: FRAME of assembly/frame.ts. */
const frameAddress = 1024;
const cascadeAddress = 2048;
const pageBytes = 65536;

/** The most rows of windows searched at a time, before the integral images move to the top of their buffers. */
const batchRows = 64;
/** In layers of more columns it is half as many, which the processor's second cache holds. */
const wideColumns = 800;
/** Vectors are loaded whole: up to so many bytes beyond the last number of a row. */
const slack = 64;
/** Hits the kernel gathers before it hands them over. */
const hitsRoom = 1024;
const hitBytes = 16;

/** A cascade in the kernel's memory. */
export interface Loaded {
  window: Size;
  isLbp: boolean;
  isTilted: boolean;
  /** where it ends */
  end: number;
}

/** The kernel's memory, divided for images up to a size; it only grows. */
export interface Arena {
  width: number;
  bytes: number;
  image: number;
  hits: number;
  programs: Record<Layer['step'], number>;
  /** what holds nothing between two searches */
  free: { from: number; end: number };
  /** whether the filters of a grid are functions */
  coded: Record<Layer['step'], boolean>;
  /** the whole memory, in bytes, words, and words of float64 */
  bytesView: Uint8Array;
  words: Int32Array;
  reals: Float64Array;
}

function growTo(kernel: Kernel, bytes: number): void {
  const missing = Math.ceil(bytes / pageBytes) - kernel.memory.buffer.byteLength / pageBytes;
  if (missing > 0) kernel.memory.grow(missing);
}

/** Hands a cascade to the kernel, which checks it. @throws FACEPIPE_E_CASCADE_INVALID */
export function loadInto(kernel: Kernel, { name, bytes }: Cascade): Loaded {
  growTo(kernel, cascadeAddress + 5 * bytes.length);
  new Uint8Array(kernel.memory.buffer).set(bytes, cascadeAddress);
  const tables = kernel.open(cascadeAddress, bytes.length);
  if (tables === 0) {
    const problem = 'its compact form is damaged';
    throw coreError('FACEPIPE_E_CASCADE_INVALID', { source: name, problem });
  }
  growTo(kernel, tables + kernel.templateSize());
  const end = kernel.buildTemplate(tables);
  const [flag = 0, width = 0, height = 0] = new Int32Array(kernel.memory.buffer, cascadeAddress + 4, 3);
  return {
    window: { width, height },
    isLbp: (flag & flags.lbp) !== 0,
    isTilted: kernel.isTilted() !== 0,
    end,
  };
}

/** In the order of assembly/frame.ts, what is the same for all layers; zeros where the layer says. */
function divide(
  kernel: Kernel,
  { window, isLbp, isTilted, end }: Loaded,
  width: number,
  pixels: number,
): Arena {
  let next = Math.ceil(end / 64) * 64;
  const take = (bytes: number): number => {
    const address = next;
    next += Math.ceil((bytes + slack) / 64) * 64;
    return address;
  };
  // odd multiples of 64 bytes, or the rows of a window would share few lines of the cache
  const half = (Math.ceil((Math.ceil((width + 2) / 2) * 4 + slack) / 64) | 1) * 64;
  const stride = half * 2 + 64;
  const rows = window.height + 3 + batchRows;
  // windows are next to each other only in layers of at most half the image's width
  const windows = batchRows * (Math.ceil(width / 2) + 1) + slack;
  const sum = take(rows * stride);
  const tilted = isTilted ? take(rows * stride) : 0;
  const pairs = take(rows * stride);
  // zero where no filter needs them
  const halves = kernel.needsHalves() ? take(rows * stride) - pairs : 0;
  const squares = take(rows * stride);
  const [xOffsets, xWeights, blend] = [take(width * 4), take(width * 4), take(width * 2)];
  const [row, above] = [take(width), take(width)];
  const hits = take(hitsRoom * hitBytes);
  const [factors, list, nextList] = [take(32), take(windows * 4), take(windows * 4)];
  const [chain, places] = [take(2048), take(2048)];
  const sds = take(batchRows * stride);

  growTo(kernel, next + 2 * (kernel.programSize() + 2 * slack));
  kernel.tables(chain, places);
  const lay = (step: Layer['step']): number => {
    const address = next;
    // addresses beyond 2 GB come back as negative numbers
    const end = kernel.layoutProgram(address, step, stride, half, tilted - sum) >>> 0;
    next = Math.ceil((end + slack) / 64) * 64;
    return address;
  };
  const programs = { 1: lay(1), 2: lay(2) };
  const image = take(pixels);
  growTo(kernel, next);

  const { buffer } = kernel.memory;
  const words = new Int32Array(buffer);
  words.set(
    [
      ...[image, 0, 0, 0, 0, 0, 0, 0, window.width, window.height, stride, half, rows, sum, squares, tilted],
      ...[xOffsets, xWeights, blend, row, above, 0, hits, hitsRoom, factors, list, nextList],
      ...[isLbp ? 1 : 0, pairs, chain, places, 0, sds, halves, 0],
    ],
    frameAddress >> 2,
  );
  const views = { bytesView: new Uint8Array(buffer), words, reals: new Float64Array(buffer) };
  const free = { from: sum, end: xOffsets };
  return { width, bytes: next, image, hits, programs, free, coded: { 1: false, 2: false }, ...views };
}

/** Eight widths from one power of two to the next: code that is made for one is good for many images. */
function roundedWidth(width: number): number {
  const step = Math.max(64, 2 ** (Math.floor(Math.log2(width)) - 3));
  return Math.ceil(width / step) * step;
}

/**
 * About how many bytes an image takes in the kernel's memory: itself, 90 rows of three integral images, and for 64 rows
 * of windows their contrasts and two lists of them.
 */
export const bytesFor = ({ width, height }: Size): number => width * height + 1600 * width;

/** Makes sure that images of that size fit. */
export function fitArena(kernel: Kernel, cascade: Loaded, image: GrayImage, held?: Arena): Arena {
  const pixels = image.width * image.height;
  if (held && held.width >= image.width && held.image + pixels + slack <= held.bytes) return held;
  return divide(kernel, cascade, Math.max(roundedWidth(image.width), held?.width ?? 0), pixels);
}

export function writeImage({ bytesView, image: address }: Arena, image: GrayImage): void {
  bytesView.set(image.data, address);
}

/** Word by word: nothing is allocated for a layer. */
export function writeFrame({ words, programs }: Arena, image: Size, layer: Layer, scores: boolean): void {
  const at = frameAddress >> 2;
  words[at + 1] = image.width;
  words[at + 2] = image.height;
  words[at + 3] = layer.width;
  words[at + 4] = layer.height;
  words[at + 5] = layer.step;
  words[at + 6] = layer.rows;
  words[at + 7] = layer.columns;
  words[at + 21] = programs[layer.step];
  words[at + 31] = scores ? 1 : 0;
  words[at + 34] = layer.width > wideColumns ? batchRows / 2 : batchRows;
}
