import { passesStage } from './exact';
import {
  COLUMNS,
  frame,
  HITS,
  HITS_ROOM,
  KIND,
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
import { firstRow, integralRow } from './integral';
import { normalFactor } from './normal';
import { prepareColumns, resizeRow } from './resize';

/** the next row of windows; the first row in the buffers; rows of integral images made so far */
let row: i32 = 0;
let base: i32 = 0;
let made: i32 = 0;
let hits: i32 = 0;

/** Begins the layer that the frame describes. */
export function begin(): void {
  row = 0;
  base = 0;
  made = 1;
  prepareColumns();
  firstRow();
}

/** Makes the integral images down to the lower edge of the row of windows, moving rows up when there is no room. */
function advance(): void {
  const last = row + frame(WINDOW_HEIGHT);
  while (made <= last) {
    if (made - base === frame(ROOM)) slide();
    resizeRow(made - 1);
    integralRow(made - base);
    made++;
  }
}

function slide(): void {
  const stride = frame(STRIDE);
  const from = (row - base) * stride;
  const bytes = (made - row) * stride;
  memory.copy(frame(SUM), frame(SUM) + from, bytes);
  memory.copy(frame(SQUARES), frame(SQUARES) + from, bytes);
  if (frame(TILTED)) memory.copy(frame(TILTED), frame(TILTED) + from, bytes);
  base = row;
}

/** Searches rows of windows until the layer ends (answers -1 − hits) or the room for hits does (answers hits). */
export function search(): i32 {
  const rows = frame(ROWS);
  const step = frame(STEP);
  const room = frame(HITS_ROOM) - frame(COLUMNS);
  hits = 0;
  while (row < rows) {
    if (hits > room) return hits;
    advance();
    searchRow();
    row += step;
  }
  return -1 - hits;
}

function searchRow(): void {
  const columns = frame(COLUMNS);
  const step = frame(STEP);
  const program: usize = frame(PROGRAM);
  const stages = load<i32>(program);
  const isLbp = frame(KIND) === 1;
  const offset = (row - base) * frame(STRIDE);
  let sums: usize = frame(SUM) + offset;
  let squares: usize = frame(SQUARES) + offset;
  for (let x = 0; x < columns; x += step, sums += 4, squares += 4) {
    const factor: f32 = isLbp ? 1 : normalFactor(sums, squares);
    if (factor === 0) continue;
    let stage = 0;
    while (stage < stages && passesStage(sums, program, stage, factor, isLbp)) stage++;
    if (stage === stages) {
      const to: usize = frame(HITS) + (hits << 3);
      store<i32>(to, x);
      store<i32>(to, row, 4);
      hits++;
    } else if (stage === 0) {
      // the next window is not looked at where the first stage says no
      x += step;
      sums += 4;
      squares += 4;
    }
  }
}
