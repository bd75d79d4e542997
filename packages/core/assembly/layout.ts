// A cascade's way into the kernel: read once, laid out for each grid.
//
// Program: stages; address of the vector stages, or 0; address of what questions of trees answer; float32 limit of factors;
// heads of stages (exact.ts).
import {
  hasTilted,
  nodeCount,
  readCascade,
  stageCount,
  treeCount,
  windowHeight,
  windowWidth,
} from './cascade';
import { writeExact } from './exact-program';
import { STAGE_BYTES } from './vector';
import { answerBytes, prepareShapes, writeVectors } from './vector-program';
import { goTo, here, int, real, setGrid } from './writer';

/**
 * Reads the cascade of so many bytes. The tables it needs follow: there must be room for six bytes a byte. Answers the
 * address after them, or 0 for a cascade that is damaged.
 */
export function open(at: usize, bytes: u32): usize {
  const end = readCascade(at, bytes);
  return end ? prepareShapes(end) : 0;
}

/** Whether the cascade needs tilted sums. */
export function isTilted(): bool {
  return hasTilted();
}

/** The least float32 that OpenCV takes for the factor of too flat a window: area · factor, in double, is not below 0.1. */
function factorLimit(): f32 {
  const area = <f64>((windowWidth - 2) * (windowHeight - 2));
  let limit = <f32>(0.1 / area);
  while (area * <f64>limit >= 0.1) limit = reinterpret<f32>(reinterpret<i32>(limit) - 1);
  while (area * <f64>limit < 0.1) limit = reinterpret<f32>(reinterpret<i32>(limit) + 1);
  return limit;
}

/**
 * Writes the cascade's program for a grid of windows every `step` pixels; `stride`, `half` and `tilted` are bytes from
 * row to row, from even to odd columns, and from the sums to the tilted sums. Answers the address after it.
 */
export function lay(to: usize, step: i32, stride: i32, half: i32, tilted: i32): usize {
  setGrid(step, stride, half, tilted);
  goTo(to);
  int(stageCount);
  int(0);
  int(0);
  real(factorLimit());
  writeExact();
  const answers = (here() + 15) & ~15;
  const vectors = answers + answerBytes();
  goTo(vectors);
  if (!writeVectors(answers)) return answers;
  store<u32>(to, <u32>vectors, 4);
  store<u32>(to, <u32>answers, 8);
  return here();
}

/** Bytes that `lay` writes at most: a question has up to 12 corners, a choice two leaves of 32 bytes and two answers. */
export function room(): usize {
  const node = 104 + 4 + (12 + 12 * 8 + 4) + 16 + 2 * 32 + 2 * 32;
  return (
    64 + <usize>stageCount * (12 + 2 * STAGE_BYTES + 4) + <usize>treeCount * 12 + <usize>nodeCount * node
  );
}
