import {
  COLUMNS,
  frame,
  HITS_ROOM,
  ROOM,
  ROWS,
  SQUARES,
  STEP,
  STRIDE,
  SUM,
  SUM16,
  TILTED,
  WINDOW_HEIGHT,
} from './frame';
import { firstRow, integralRow } from './integral';
import { prepareNormal } from './normal';
import { blendRows, prepareColumns } from './resize';
import { searchRow } from './row';

/** the next row of windows; the first row in the buffers; rows of integral images made so far */
let row: i32 = 0;
let base: i32 = 0;
let made: i32 = 0;

/** Begins the layer that the frame describes. */
export function begin(): void {
  row = 0;
  base = 0;
  made = 1;
  prepareNormal();
  prepareColumns();
  firstRow();
}

/** Makes the integral images down to the lower edge of the row of windows, moving rows up when there is no room. */
function advance(): void {
  const last = row + frame(WINDOW_HEIGHT);
  while (made <= last) {
    if (made - base === frame(ROOM)) slide();
    blendRows(made - 1);
    integralRow(made - base);
    made++;
  }
}

function slide(): void {
  const stride = frame(STRIDE);
  const from = (row - base) * stride;
  const bytes = (made - row) * stride;
  memory.copy(frame(SUM), frame(SUM) + from, bytes);
  memory.copy(frame(SUM16), frame(SUM16) + (from >> 1), bytes >> 1);
  memory.copy(frame(SQUARES), frame(SQUARES) + from, bytes);
  if (frame(TILTED)) memory.copy(frame(TILTED), frame(TILTED) + from, bytes);
  base = row;
}

/** Searches rows of windows until the layer ends (answers -1 − hits) or the room for hits does (answers hits). */
export function search(): i32 {
  const rows = frame(ROWS);
  const step = frame(STEP);
  const stride = frame(STRIDE);
  const room = frame(HITS_ROOM) - frame(COLUMNS);
  let hits = 0;
  while (row < rows) {
    if (hits > room) return hits;
    advance();
    const offset: usize = (row - base) * stride;
    hits = searchRow(row, frame(SUM) + offset, frame(SUM16) + (offset >> 1), frame(SQUARES) + offset, hits);
    row += step;
  }
  return -1 - hits;
}
