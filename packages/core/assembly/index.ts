import { prepareContrast } from './contrast';
import {
  BATCH,
  frame,
  HALVES,
  HEIGHT,
  PAIRS,
  PROGRAM,
  ROOM,
  ROWS,
  SQUARES,
  STEP,
  STRIDE,
  SUM,
  TILTED,
  WINDOW_HEIGHT,
} from './frame';
import { firstRow, integralRow, moveRows, pairRow } from './integral';
import { prepareNormal } from './normal';
import { blendRows, prepareColumns } from './resize';
import { beginRows, drain, isDrained, searchRows } from './row';

export { codeStart, countCode, useCode, writeCode } from './code';
export {
  buildTemplate,
  isTilted,
  layoutProgram,
  needsHalves,
  open,
  programSize,
  templateSize,
} from './layout';
export { tables } from './table';

/** the next row of windows; the first row in the buffers; rows of integral images made so far, and rows of pairs */
let row: i32 = 0;
let base: i32 = 0;
let made: i32 = 0;
let paired: i32 = 0;

/**
 * Begins the layer that the frame describes, at row `first`. The integral images start there too: the sum of what lies
 * between rows below it is the same wherever sums begin, and windows judge nothing else.
 */
export function begin(first: i32): void {
  row = first;
  base = first;
  made = first + 1;
  paired = first;
  beginRows();
  prepareNormal();
  prepareContrast();
  prepareColumns();
  firstRow();
}

/** Makes the integral images down to the lower edge of the two rows of windows at `last`, moving rows up for them. */
function advance(last: i32): void {
  const step = frame(STEP);
  const height = frame(HEIGHT);
  const low = last + frame(WINDOW_HEIGHT);
  const end = min(low + step, height);
  if (end - base >= frame(ROOM)) slide();
  for (; made <= end; made++) {
    blendRows(made - 1);
    integralRow(made - base);
  }
  if (load<u32>(frame(PROGRAM), 4) === 0) return;
  // below the image there is no row B
  for (; paired <= low; paired++) pairRow(paired - base, min(paired + step, height) - base);
}

function slide(): void {
  const from = row - base;
  const count = made - row;
  moveRows(frame(SUM), from, count);
  moveRows(frame(PAIRS), from, count);
  if (frame(HALVES)) moveRows(<usize>frame(PAIRS) + frame(HALVES), from, count);
  moveRows(frame(SQUARES), from, count);
  if (frame(TILTED)) moveRows(frame(TILTED), from, count);
  base = row;
}

/** Searches rows of windows until the layer ends (answers -1 − hits) or the room for hits does (answers hits). */
export function search(): i32 {
  const rows = frame(ROWS);
  const both = 2 * frame(STEP);
  let hits = drain(0);
  while (isDrained() && row < rows) {
    const last = min(row + frame(BATCH), rows);
    advance(row + ((last - row - 1) / both) * both);
    searchRows(row, last, (row - base) * frame(STRIDE));
    row = last;
    hits = drain(hits);
  }
  return isDrained() ? -1 - hits : hits;
}
