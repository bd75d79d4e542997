// Rows of windows, two at a time, A and B: from the contrasts and the first stage of all, to what passes the last one.
//
// Many rows go through a stage before any goes through the next: code of a filter is kilobytes that the processor reads
// once for each list, and in a row or two of windows few are left. A window's place is half of the bytes from the first
// one's pair to its own, and 1 more in row B: so code finds a pair, its sums and its contrast in any row alike.
import { halfContrasts, SMALL } from './contrast';
import { bits } from './decide';
import { passesStage, stageSum } from './exact';
import { mayPass } from './filter';
import { decideFirst } from './filter-first';
import { decideFirstTrees, treesMayPass } from './filter-tree';
import {
  CHAIN,
  COLUMNS,
  FACTORS,
  frame,
  HITS,
  HITS_ROOM,
  LBP,
  LIST,
  NEXT_LIST,
  PAIRS,
  PLACES,
  PROGRAM,
  SCORES,
  SDS,
  SQUARES,
  STEP,
  STRIDE,
  SUM,
  WINDOW_HEIGHT,
  WINDOW_WIDTH,
} from './frame';
import { passesPatterns } from './lbp';
import { aliveFrom, append, close } from './list';
import { fourFactors } from './normal';
import { passes, STAGE_BYTES } from './vector';

/** the row the search is at first; addresses of its first window's pair, sum and square */
let top: i32 = 0;
let pairs: usize = 0;
let sums: usize = 0;
let squares: usize = 0;
/** bytes from row A to row B, and from two rows to the next two */
let next: usize = 0;
let both: usize = 0;
/** the list of windows that are still in: where it begins, which drain moves on, and where it ends */
let listAt: usize = 0;
let listEnd: usize = 0;
/** what a factor must be less than */
let limit: v128 = f32x4.splat(0);

/** Forgets what an abandoned search has left. */
export function beginRows(): void {
  listAt = 0;
  listEnd = 0;
}

/** Searches the rows from `row` to before `last`, and leaves what passes to `drain`. `at`: bytes to the first sum. */
export function searchRows(row: i32, last: i32, at: usize): void {
  top = row;
  pairs = <usize>frame(PAIRS) + at;
  sums = <usize>frame(SUM) + at;
  squares = <usize>frame(SQUARES) + at;
  next = frame(STRIDE) * frame(STEP);
  both = 2 * next;
  listAt = frame(LIST);
  listEnd = listAt;
  const vectors: usize = load<u32>(frame(PROGRAM), 4);
  if (vectors) searchVectors(vectors, row, last);
  else for (let from: usize = 0; row < last; row += frame(STEP), from += next) searchEach(row, from);
}

/** Makes hits of what has passed, behind the `hits` that there are, while there is room; answers how many there are. */
export function drain(hits: i32): i32 {
  for (; listAt < listEnd && hits < frame(HITS_ROOM); listAt += 4, hits++) {
    const place = load<u32>(listAt);
    const isB = place & 1;
    const at: usize = (place & ~1) << 1;
    const to: usize = frame(HITS) + (hits << 4);
    store<i32>(to, (<i32>(at % both) >> 2) * frame(STEP));
    store<i32>(to, top + (2 * <i32>(at / both) + isB) * frame(STEP), 4);
    store<f64>(to, frame(SCORES) ? lastSum(at + (isB ? next : 0)) : 0, 8);
  }
  return hits;
}

export function isDrained(): bool {
  return listAt >= listEnd;
}

/** Of one window. `at`: bytes from the first sum to the window's. */
function factorAt(at: usize, isLbp: bool): f32 {
  return isLbp ? 1 : f32x4.extract_lane(fourFactors(sums + at, squares + at), 0);
}

/** What the last stage adds up to. */
function lastSum(at: usize): f64 {
  const program: usize = frame(PROGRAM);
  const isLbp = frame(LBP) !== 0;
  return stageSum(sums + at, program, load<i32>(program) - 1, factorAt(at, isLbp), isLbp);
}

/** Writes the factors of eight windows, and answers the bits of those that are not too flat. */
function contrasts(at: usize): i32 {
  const a = fourFactors(sums + at, squares + at);
  const b = fourFactors(sums + at + next, squares + at + next);
  const low = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const high = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const to: usize = frame(FACTORS);
  v128.store(to, low);
  v128.store(to, high, 16);
  return bits(f32x4.lt(low, limit), f32x4.lt(high, limit));
}

/** Bits of the eight windows from byte `at` on, of those `alive`, that pass the stage; their factors are written. */
function judge(isLbp: bool, stage: usize, number: i32, at: usize, alive: i32): i32 {
  return isLbp
    ? passesPatterns(stage, number, pairs + at, sums + at, next, alive)
    : passes(stage, number, pairs + at, sums + at, next, frame(FACTORS), alive);
}

/** Bits of the eight windows from byte `at` on, of those `valid`, that pass the first stage. `sds`: of window one. */
function judgeFirst(stage: usize, at: usize, sds: usize, valid: i32): i32 {
  const filter: usize = load<u32>(stage, 32);
  const code = load<u32>(stage, 36);
  let answers: i32;
  if (code) answers = call_indirect<i32>(code, pairs + at, sums + at, sums + at + next, sds, valid);
  else if (load<u32>(stage, 28)) answers = decideFirstTrees(filter, pairs + at, sums + at, next, sds, valid);
  else answers = decideFirst(filter, pairs + at, sums + at, next, sds, valid);
  const pass = answers >> 8;
  const doubt = answers & 255 & ~pass;
  if (doubt === 0) return pass;
  contrasts(at);
  return pass | judge(false, stage, 0, at, doubt);
}

/** Windows of two rows or of one that pass the first stage and are looked at: to `to`; answers the list's end. */
function firstStage(stage: usize, start: usize, hasB: bool, to: usize): usize {
  const isLbp = frame(LBP) !== 0;
  const columns = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const isFiltered = load<u32>(stage, 32) !== 0;
  const isSmall = !isLbp && frame(WINDOW_WIDTH) * frame(WINDOW_HEIGHT) <= SMALL;
  const chain: usize = frame(CHAIN);
  const rows = hasB ? 255 : 0x55;
  let sds: usize = <usize>frame(SDS) + start;
  let skip = 0;
  for (let column = 0; column < columns; column += 4, sds += 16) {
    const at: usize = start + (column << 2);
    let valid = isSmall ? halfContrasts(sums + at, squares + at, next, sds) : -1;
    // where it is not certain, and where factors are needed anyway
    if (!isLbp && (valid < 0 || !isFiltered)) valid = contrasts(at);
    valid &= rows;
    if (columns - column < 4) valid &= (1 << ((columns - column) << 1)) - 1;
    let pass = 0;
    if (valid) pass = isFiltered ? judgeFirst(stage, at, sds, valid) : judge(isLbp, stage, 0, at, valid);
    // OpenCV passes over the window after one that the first stage rejects
    const seen = <i32>load<u16>(chain + ((skip | (valid & ~pass)) << 1));
    skip = seen & 0x300;
    to = append(to, <i32>(at >> 1), pass & seen);
  }
  return to;
}

/** Bits of the windows of a group that the filter of the stage lets through. */
function sift(stage: usize, filter: usize, first: i32, alive: i32): i32 {
  const at: usize = first << 1;
  const sds: usize = <usize>frame(SDS) + at;
  return load<u32>(stage, 28)
    ? treesMayPass(filter, pairs + at, sums + at, next, sds, alive)
    : mayPass(filter, pairs + at, sums + at, next, sds, alive);
}

/** Bits of the windows of a group that pass the stage for certain. */
function judgeGroup(stage: usize, number: i32, first: i32, alive: i32): i32 {
  const at: usize = first << 1;
  const isLbp = frame(LBP) !== 0;
  if (!isLbp) contrasts(at);
  return judge(isLbp, stage, number, at, alive);
}

/** Lets the windows on a list through a stage, or through its filter: to another list, whose end is the answer. */
function passStage(stage: usize, number: i32, filter: usize, list: usize, end: usize, other: usize): usize {
  let to = other;
  close(end);
  const code = filter ? load<u32>(stage, 36) : 0;
  if (code) {
    const sds: usize = frame(SDS);
    const places: usize = frame(PLACES);
    return call_indirect<usize>(code, list, end, to, pairs, sums, next, sds, places);
  }
  // a group is four columns from the first window that is still in and not in the group before
  for (let from = list; from < end; ) {
    const first = load<i32>(from) & -2;
    const alive = aliveFrom(from, first);
    from += popcnt(alive) << 2;
    const pass = filter ? sift(stage, filter, first, alive) : judgeGroup(stage, number, first, alive);
    to = append(to, first, pass);
  }
  return to;
}

/**
 * The stages after the first one, with their filters where they have one; then those that were only filtered again, for
 * what is left.
 */
function searchVectors(vectors: usize, row: i32, last: i32): void {
  limit = v128.load_splat<f32>(frame(PROGRAM), 12);
  const step = frame(STEP);
  for (let from: usize = 0; row < last; row += 2 * step, from += both) {
    listEnd = firstStage(vectors, from, row + step < last, listEnd);
  }
  const stages = load<i32>(frame(PROGRAM));
  let other: usize = frame(NEXT_LIST);
  for (let turn = 0; turn < 2; turn++) {
    let stage = vectors;
    for (let number = 1; number < stages && listAt < listEnd; number++) {
      stage += STAGE_BYTES;
      const filter: usize = load<u32>(stage, 32);
      if (turn > 0 && filter === 0) continue;
      listEnd = passStage(stage, number, turn > 0 ? 0 : filter, listAt, listEnd, other);
      const swap = listAt;
      listAt = other;
      other = swap;
    }
  }
}

/** One window after the other. `from`: bytes to the row, from the first one. */
function searchEach(row: i32, from: usize): void {
  const windows = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const program: usize = frame(PROGRAM);
  const stages = load<i32>(program);
  const isLbp = frame(LBP) !== 0;
  const limit = load<f32>(program, 12);
  const isB = ((row - top) / frame(STEP)) & 1;
  for (let index = 0; index < windows; index++) {
    const at = from + (index << 2);
    const window = sums + at;
    const factor = factorAt(at, isLbp);
    if (!isLbp && !(factor < limit)) continue;
    let stage = 0;
    while (stage < stages && passesStage(window, program, stage, factor, isLbp)) stage++;
    if (stage === stages) {
      store<u32>(listEnd, <u32>((at - (isB ? next : 0)) >> 1) | isB);
      listEnd += 4;
    } else if (stage === 0) index++;
  }
}
