// Makes a WebAssembly module with a function for each filter of a cascade's programs, in which offsets and addresses
// are constants and corners stay in registers. It imports this kernel's memory and its table, and puts its functions
// into the table.

import { beginCorners, CORNER_BYTES } from './code-corner';
import { beginLocals } from './code-local';
import { beginFunction, endFunction } from './code-loop';
import { stumpBytes, writeStumps } from './code-stump';
import { treeBytes, writeTrees } from './code-tree';
import {
  beginCode,
  beginSize,
  byte,
  codeEnd,
  endSize,
  number,
  POWERS,
  RELAXED_SCALE,
  SCALE,
  unsigned,
} from './code-writer';
import { STAGES_FILTERED } from './filter-limit';
import { frame, HALVES } from './frame';
import { STAGE_BYTES } from './vector';

/** The stages of a program that have a filter: their heads one after the other, 0 after the last. */
function filtered(program: usize, index: i32): usize {
  const vectors: usize = load<u32>(program, 4);
  if (vectors === 0) return 0;
  for (let stage = 0; stage < min(load<i32>(program), STAGES_FILTERED); stage++) {
    const head = vectors + <usize>stage * STAGE_BYTES;
    if (load<u32>(head, 32) !== 0 && index-- === 0) return head;
  }
  return 0;
}

/** How many functions a program's module has. */
export function countCode(program: usize): i32 {
  let count = 0;
  while (filtered(program, count)) count++;
  return count;
}

/**
 * From now on the functions in the table from `base` on are the filters of the program, or with a base of 0 none.
 */
export function useCode(program: usize, base: i32): void {
  v128.store(POWERS, i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0));
  for (let index = countCode(program); index-- > 0; ) {
    store<i32>(filtered(program, index), base === 0 ? 0 : base + index, 36);
  }
}

function isFirst(program: usize, head: usize): bool {
  return head === load<u32>(program, 4);
}

function writeBody(program: usize, head: usize, scale: u32, work: usize): void {
  const filter: usize = load<u32>(head, 32);
  const first = isFirst(program, head);
  beginCorners(work);
  beginLocals(first);
  beginFunction(filter, first);
  if (load<u32>(head, 28)) {
    writeTrees(filter, work + CORNER_BYTES, first, scale, load<u32>(program, 8));
  } else {
    writeStumps(filter, work + CORNER_BYTES, first, scale, frame(HALVES));
  }
  endFunction(first);
}

/** The most that features of one filter need while their code is made. */
function workBytes(program: usize): usize {
  let most: usize = 0;
  for (let index = countCode(program); index-- > 0; ) {
    const head = filtered(program, index);
    const filter: usize = load<u32>(head, 32);
    most = max(most, load<u32>(head, 28) ? treeBytes(filter) : stumpBytes(filter));
  }
  return CORNER_BYTES + most;
}

function type(parameters: i32): void {
  byte(0x60);
  byte(parameters);
  for (let index = 0; index < parameters; index++) byte(0x7f);
  byte(1);
  byte(0x7f);
}

/** An import of module k: a name of one letter, and of what kind. */
function imported(name: i32, kind: i32): void {
  byte(1);
  byte(0x6b);
  byte(1);
  byte(name);
  byte(kind);
}

/**
 * Writes a module for the programs of both grids between `from` and `end`, whose functions go to the table from `base`
 * on. Answers where it ends, or 0 where there is no room. It begins at `from` plus what `codeStart` answers.
 */
export function writeCode(from: usize, end: usize, even: usize, odd: usize, base: i32, relaxed: bool): usize {
  const start = from + codeStart(even);
  if (start >= end) return 0;
  const count = 2 * countCode(even);
  beginCode(start, end);
  // \0asm, version 1
  for (let mark: u64 = 0x16d736100, left = 8; left > 0; mark >>= 8, left--) byte(<i32>(mark & 255));
  byte(1);
  let size = beginSize();
  byte(2);
  type(5);
  type(8);
  endSize(size);
  byte(2);
  size = beginSize();
  byte(2);
  // memory m of no least size, table t of functions
  imported(0x6d, 2);
  byte(0);
  byte(0);
  imported(0x74, 1);
  byte(0x70);
  byte(0);
  byte(0);
  endSize(size);
  byte(3);
  size = beginSize();
  unsigned(count);
  for (let index = 0; index < count; index++) {
    const program = index * 2 < count ? even : odd;
    byte(isFirst(program, filtered(program, index % (count >> 1))) ? 0 : 1);
  }
  endSize(size);
  // all functions into the table
  byte(9);
  size = beginSize();
  byte(1);
  byte(0);
  number(base);
  byte(0x0b);
  unsigned(count);
  for (let index = 0; index < count; index++) unsigned(index);
  endSize(size);
  byte(10);
  size = beginSize();
  unsigned(count);
  const scale = relaxed ? RELAXED_SCALE : SCALE;
  for (let index = 0; index < count; index++) {
    const program = index * 2 < count ? even : odd;
    writeBody(program, filtered(program, index % (count >> 1)), scale, from);
  }
  endSize(size);
  return codeEnd();
}

/** Bytes before the module, for what it is made from. */
export function codeStart(program: usize): usize {
  return workBytes(program);
}
