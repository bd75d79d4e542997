// A cascade's way into the kernel: read once, laid out for each grid of windows. exact.ts says what a program is.
import {
  featureCount,
  hasTilted,
  nodeCount,
  readCascade,
  stageCount,
  treeCount,
  windowHeight,
  windowWidth,
} from './cascade';
import { writeHeads } from './exact-program';
import { FEATURE_BYTES } from './feature';
import { FILTER_HEAD, FILTER_NODE, hasHalves } from './filter-program';
import { setGrid } from './grid';
import { answersAfter, layoutVectors } from './template';
import { STAGE_BYTES } from './vector';
import { filterNodes, maxNodes, writeTemplate } from './vector-program';
import { goTo, here, int, real } from './writer';

/**
 * Reads the cascade of so many bytes; its tables need four bytes a byte. Returns their end, or 0 for a damaged cascade.
 */
export function open(at: usize, bytes: u32): usize {
  return readCascade(at, bytes);
}

/** Whether the cascade needs tilted sums. */
export function isTilted(): bool {
  return hasTilted();
}

/** Whether the cascade needs the table of halves. */
export function needsHalves(): bool {
  return hasHalves;
}

/** Of a question with up to 12 corners, its choice, and two leaves eight times. */
const VECTOR_NODE: usize = 12 + 12 * 8 + 4 + 16 + 2 * 32;
const EXACT_NODE: usize = 104 + 4;

function vectorRoom(): usize {
  const vectors = <usize>stageCount * (2 * STAGE_BYTES + 4) + <usize>nodeCount * VECTOR_NODE;
  return 64 + vectors + <usize>stageCount * FILTER_HEAD + <usize>filterNodes() * FILTER_NODE;
}

/** Bytes that `buildTemplate` writes at most. */
export function templateSize(): usize {
  // besides the words: what each is, shapes and corners of features, places among questions
  return vectorRoom() + (vectorRoom() >> 2) + <usize>nodeCount * 4 + <usize>featureCount * FEATURE_BYTES + 64;
}

/** Writes what is the same for all grids; answers its end. */
export function buildTemplate(to: usize): usize {
  return writeTemplate(to, vectorRoom());
}

/** Bytes that `layoutProgram` writes at most, now and when trees are added: a stage's when it is first asked. */
export function programSize(): usize {
  const exact = <usize>stageCount * 20 + <usize>treeCount * 12 + <usize>nodeCount * EXACT_NODE;
  return 64 + vectorRoom() + <usize>nodeCount * 64 + exact;
}

/**
 * The least float32 that OpenCV takes for the factor of too flat a window: area · factor, in double, is not below 0.1.
 */
function factorLimit(): f32 {
  const area = <f64>((windowWidth - 2) * (windowHeight - 2));
  let limit = <f32>(0.1 / area);
  while (area * <f64>limit >= 0.1) limit = reinterpret<f32>(reinterpret<i32>(limit) - 1);
  while (area * <f64>limit < 0.1) limit = reinterpret<f32>(reinterpret<i32>(limit) + 1);
  return limit;
}

/**
 * Writes the cascade's program for a grid of windows every `step` pixels; `stride`, `half` and `tilted` are bytes from
 * row to row, from even to odd columns, and from the sums to the tilted sums. Returns the address after it, trees
 * included.
 */
export function layoutProgram(to: usize, step: i32, stride: i32, half: i32, tilted: i32): usize {
  setGrid(step, stride, half, tilted);
  goTo(to);
  int(stageCount);
  int(0);
  int(0);
  real(factorLimit());
  int(0);
  writeHeads();
  const vectors = (here() + 15) & ~15;
  let end = layoutVectors(vectors);
  if (end !== vectors) {
    const answers = answersAfter(vectors);
    store<u32>(to, <u32>vectors, 4);
    store<u32>(to, <u32>answers, 8);
    // of each question, and what its choice makes of it
    end = answers + ((<usize>maxNodes()) << 6);
  }
  store<u32>(to, <u32>end, 16);
  return end + <usize>treeCount * 12 + <usize>nodeCount * EXACT_NODE;
}
