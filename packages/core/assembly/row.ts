// A row of windows: from the factors and the first stage, for all, to those that pass the last stage.
import { passesStage } from './exact';
import {
  CHAIN,
  COLUMNS,
  FACTOR_LIMIT,
  FACTORS,
  FRAME,
  frame,
  HITS,
  KIND,
  LIST,
  NEXT_LIST,
  PROGRAM,
  STEP,
  VECTORS,
} from './frame';
import { fourFactors } from './normal';
import { bits, passes, STAGE_BYTES } from './vector';

let hits: i32 = 0;

/** Searches the row of windows that begins at these places; answers the number of hits, `before` included. */
export function searchRow(row: i32, sums: usize, sums16: usize, squares: usize, before: i32): i32 {
  hits = before;
  if (frame(KIND) === 0) searchVectors(row, sums, sums16, squares);
  else searchEach(row, sums, squares);
  return hits;
}

function hit(index: i32, row: i32): void {
  const to: usize = frame(HITS) + (hits << 3);
  store<i32>(to, index * frame(STEP));
  store<i32>(to, row, 4);
  hits++;
}

/** Windows that pass the first stage and are looked at: their indices to LIST; answers how many. */
function firstStage(sums: usize, sums16: usize, squares: usize): i32 {
  const windows = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const limit = v128.load_splat<f32>(FRAME, FACTOR_LIMIT << 2);
  const stage: usize = frame(VECTORS);
  const chain: usize = frame(CHAIN);
  let factors: usize = frame(FACTORS);
  const list: usize = frame(LIST);
  let to = list;
  let skip = 0;
  for (let index = 0; index < windows; index += 8, factors += 32) {
    const first = fourFactors(sums, squares);
    const second = fourFactors(sums + 16, squares + 16);
    v128.store(factors, first);
    v128.store(factors, second, 16);
    let valid = bits(f32x4.lt(first, limit), f32x4.lt(second, limit));
    if (windows - index < 8) valid &= (1 << (windows - index)) - 1;
    let pass = valid ? passes(stage, 0, sums16, sums, factors, valid) : 0;
    // OpenCV passes over the window after one that the first stage rejects
    const seen = <i32>load<u16>(chain + ((skip | (valid & ~pass)) << 1));
    skip = seen & 256;
    for (pass &= seen; pass; pass &= pass - 1, to += 4) store<i32>(to, index + ctz(pass));
    sums += 32;
    squares += 32;
    sums16 += 16;
  }
  return <i32>(to - list) >> 2;
}

function searchVectors(row: i32, sums: usize, sums16: usize, squares: usize): void {
  let count = firstStage(sums, sums16, squares);
  const stages = load<i32>(frame(PROGRAM));
  const factors: usize = frame(FACTORS);
  let list: usize = frame(LIST);
  let next: usize = frame(NEXT_LIST);
  let stage: usize = frame(VECTORS);
  for (let number = 1; number < stages && count > 0; number++) {
    stage += STAGE_BYTES;
    const end = list + (count << 2);
    let to = next;
    // eight windows from the first one that is still in, then from the next one that is not among them
    for (let from = list; from < end; ) {
      const first = load<i32>(from);
      let alive = 0;
      for (let lane = 0; lane < 8; ) {
        alive |= 1 << lane;
        from += 4;
        lane = from < end ? load<i32>(from) - first : 8;
      }
      let pass = passes(
        stage,
        number,
        sums16 + (first << 1),
        sums + (first << 2),
        factors + (first << 2),
        alive,
      );
      for (; pass; pass &= pass - 1, to += 4) store<i32>(to, first + ctz(pass));
    }
    count = <i32>(to - next) >> 2;
    const swap = list;
    list = next;
    next = swap;
  }
  for (let index = 0; index < count; index++) hit(load<i32>(list + (index << 2)), row);
}

function searchEach(row: i32, sums: usize, squares: usize): void {
  const windows = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const program: usize = frame(PROGRAM);
  const stages = load<i32>(program);
  const isLbp = frame(KIND) === 1;
  const limit = load<f32>(FRAME, FACTOR_LIMIT << 2);
  for (let index = 0; index < windows; index++) {
    const window: usize = sums + (index << 2);
    const factor: f32 = isLbp ? 1 : f32x4.extract_lane(fourFactors(window, squares + (index << 2)), 0);
    if (!isLbp && !(factor < limit)) continue;
    let stage = 0;
    while (stage < stages && passesStage(window, program, stage, factor, isLbp)) stage++;
    if (stage === stages) hit(index, row);
    else if (stage === 0) index++;
  }
}
