import type { CascadeModel } from './cascade-model.js';
import type { GrayImage } from './image.js';
import type { Kernel } from './simd-module.js';
import { exactWords, type Grid, writeExact } from './simd-program.js';
import type { Layer } from './simd-scale.js';
import type { Vectors } from './simd-vector.js';
import { writeVectors } from './simd-vector-writer.js';

/** Where the kernel reads what to do: FRAME of assembly/frame.ts. */
const frameAddress = 1024;
const firstAddress = 2048;
const pageBytes = 65536;

/** Rows of windows between two moves of the integral images to the top of their buffers. */
const bandRows = 64;
/** Vectors are loaded whole: up to so many bytes beyond the last number of a row. */
const slack = 64;
/** Hits the kernel gathers before it hands them over, besides those of one row. */
const hitsRoom = 1024;

/** The kernel's memory, divided for images up to a size; it only grows. */
export interface Arena {
  width: number;
  bytes: number;
  image: number;
  programs: Record<Layer['step'], number>;
  /** where the vector code's stages are, when it knows the cascade */
  vectors?: Record<Layer['step'], number>;
  stride: number;
  half: number;
  rows: number;
  sum: number;
  squares: number;
  tilted: number;
  xOffsets: number;
  xWeights: number;
  blend: number;
  pixels: number;
  above: number;
  hits: number;
  hitsRoom: number;
  factors: number;
  list: number;
  nextList: number;
  pairs: number;
  chain: number;
  answers: number;
  places: number;
}

/**
 * OpenCV passes over the window after one that the first stage rejects. For each set of rejections among four columns of
 * two rows, whose bits take turns, and (256 and 512 more) when the first of a row is passed over: the windows looked at,
 * and 256 and 512 when the one after the four is passed over.
 */
const chain = Uint16Array.from({ length: 1024 }, (_, index) => {
  let seen = 0;
  for (const row of [0, 1]) {
    let skip = (index >> (8 + row)) & 1;
    for (let lane = row; lane < 8; lane += 2) {
      if (skip === 0) seen |= 1 << lane;
      skip = skip === 0 ? (index >> lane) & 1 : 0;
    }
    seen |= skip << (8 + row);
  }
  return seen;
});

/** For each byte the places of its bits, eight numbers. */
const places = Uint8Array.from({ length: 256 * 8 }, (_, index) => {
  const bits = [0, 1, 2, 3, 4, 5, 6, 7].filter((place) => (index >> 3) & (1 << place));
  return bits[index & 7] ?? 0;
});

/** The least float32, as bits, that OpenCV takes for the factor of too flat a window: area · factor is not below 0.1. */
function factorLimit({ width, height }: CascadeModel): number {
  const area = (width - 2) * (height - 2);
  const value = Float32Array.of(0.1 / area);
  const bits = new Int32Array(value.buffer);
  const [isLimit, next] = [
    () => area * (value[0] ?? 0) >= 0.1,
    (by: number) => bits.fill((bits[0] ?? 0) + by),
  ];
  while (isLimit()) next(-1);
  while (!isLimit()) next(1);
  return bits[0] ?? 0;
}

function usesTilted(model: CascadeModel): boolean {
  return model.kind === 'haar' && model.features.some(({ tilted }) => tilted);
}

function divide(model: CascadeModel, vectors: Vectors | undefined, width: number, pixels: number): Arena {
  let next = firstAddress;
  const take = (bytes: number): number => {
    const address = next;
    next += Math.ceil((bytes + slack) / 64) * 64;
    return address;
  };
  const program = exactWords(model) * 4;
  // odd multiples of 64 bytes, or the rows of a window would share few lines of the cache
  const half = (Math.ceil((Math.ceil((width + 2) / 2) * 4 + slack) / 64) | 1) * 64;
  const stride = half * 2 + 64;
  const rows = model.height + 3 + bandRows;
  const tilted = usesTilted(model);
  const windows = 2 * width + 32;
  return {
    width,
    programs: { 1: take(program), 2: take(program) },
    ...(vectors && { vectors: { 1: take(vectors.words * 4), 2: take(vectors.words * 4) } }),
    stride,
    half,
    rows,
    sum: take(rows * stride),
    pairs: take(rows * stride),
    squares: take(rows * stride),
    tilted: tilted ? take(rows * stride) : 0,
    xOffsets: take(width * 4),
    xWeights: take(width * 4),
    blend: take(width * 2),
    pixels: take(width),
    above: take(width),
    hits: take((hitsRoom + windows) * 8),
    hitsRoom: hitsRoom + windows,
    factors: take(windows * 4),
    list: take(windows * 4),
    nextList: take(windows * 4),
    chain: take(chain.byteLength),
    places: take(places.byteLength),
    answers: take(vectors ? vectors.answers * 32 : 0),
    image: take(pixels),
    bytes: next,
  };
}

/** Makes sure that images of that size fit, and puts the cascade where the kernel finds it. */
export function fitArena(
  kernel: Kernel,
  model: CascadeModel,
  vectors: Vectors | undefined,
  image: GrayImage,
  held?: Arena,
): Arena {
  const pixels = image.width * image.height;
  if (held && held.width >= image.width && held.image + pixels + slack <= held.bytes) return held;
  const arena = divide(model, vectors, Math.max(image.width, held?.width ?? 0), pixels);
  const missing = Math.ceil(arena.bytes / pageBytes) - kernel.memory.buffer.byteLength / pageBytes;
  if (missing > 0) kernel.memory.grow(missing);
  for (const step of [1, 2] as const) {
    const grid: Grid = { step, stride: arena.stride, half: arena.half, tilted: arena.tilted - arena.sum };
    writeExact(kernel.memory.buffer, arena.programs[step], model, grid);
    if (vectors && arena.vectors)
      writeVectors(kernel.memory.buffer, arena.vectors[step], arena.answers, vectors, grid);
  }
  new Uint16Array(kernel.memory.buffer).set(chain, arena.chain >> 1);
  new Uint8Array(kernel.memory.buffer).set(places, arena.places);
  return arena;
}

export function writeImage(kernel: Kernel, arena: Arena, image: GrayImage): void {
  new Uint8Array(kernel.memory.buffer).set(image.data, arena.image);
}

/** In the order of assembly/frame.ts. */
export function writeFrame(
  kernel: Kernel,
  arena: Arena,
  model: CascadeModel,
  image: GrayImage,
  layer: Layer,
): void {
  new Int32Array(kernel.memory.buffer).set(
    [
      arena.image,
      image.width,
      image.height,
      layer.width,
      layer.height,
      layer.step,
      layer.rows,
      layer.columns,
      model.width,
      model.height,
      arena.stride,
      arena.half,
      arena.rows,
      arena.sum,
      arena.squares,
      arena.tilted,
      arena.xOffsets,
      arena.xWeights,
      arena.blend,
      arena.pixels,
      arena.above,
      arena.programs[layer.step],
      arena.hits,
      arena.hitsRoom,
      arena.factors,
      arena.list,
      arena.nextList,
      model.kind === 'lbp' ? 1 : arena.vectors ? 0 : 2,
      arena.pairs,
      arena.vectors ? arena.vectors[layer.step] : 0,
      factorLimit(model),
      arena.chain,
      arena.answers,
      arena.places,
    ],
    frameAddress >> 2,
  );
}
