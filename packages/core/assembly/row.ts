// Two rows of windows, A and B: from the factors and the first stage, for all, to those that pass the last stage.
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
  LBP,
  LIST,
  NEXT_LIST,
  PLACES,
  PROGRAM,
  SCORES,
  SDS,
  STEP,
  STRIDE,
  WINDOW_HEIGHT,
  WINDOW_WIDTH,
} from './frame';
import { passesPatterns } from './lbp';
import { aliveFrom, append, close } from './list';
import { fourFactors } from './normal';
import { passes, STAGE_BYTES } from './vector';

let hits: i32 = 0;
/** of the layer's first pixel of row A */
let pairs: usize = 0;
let sums: usize = 0;
let squares: usize = 0;
/** bytes to row B */
let next: usize = 0;
/** whether FACTORS has those of the rows, or has no use */
let hasFactors: bool = false;
/** what a factor must be less than */
let limit: v128 = f32x4.splat(0);

/** Searches row `row`, at these places, and the next one if `both`; answers the number of hits, `before` included. */
export function searchRows(
  row: i32,
  both: bool,
  pairsAt: usize,
  sumsAt: usize,
  squaresAt: usize,
  before: i32,
): i32 {
  hits = before;
  pairs = pairsAt;
  sums = sumsAt;
  squares = squaresAt;
  next = frame(STRIDE) * frame(STEP);
  const vectors: usize = load<u32>(frame(PROGRAM), 4);
  if (vectors) {
    searchVectors(vectors, row, both);
  } else {
    searchEach(row, 0);
    if (both) searchEach(row + frame(STEP), next);
  }
  return hits;
}

/** `at`: bytes from row A's first sum to the window's. */
function hit(column: i32, row: i32, at: usize): void {
  const to: usize = frame(HITS) + (hits << 4);
  store<i32>(to, column * frame(STEP));
  store<i32>(to, row, 4);
  store<f64>(to, frame(SCORES) ? lastSum(at) : 0, 8);
  hits++;
}

/** What the last stage adds up to. */
function lastSum(at: usize): f64 {
  const program: usize = frame(PROGRAM);
  const isLbp = frame(LBP) !== 0;
  const factor: f32 = isLbp ? 1 : f32x4.extract_lane(fourFactors(sums + at, squares + at), 0);
  return stageSum(sums + at, program, load<i32>(program) - 1, factor, isLbp);
}

/** Writes the factors of eight windows, and answers the bits of those that are not too flat. */
function contrasts(at: usize, factors: usize, limit: v128): i32 {
  const a = fourFactors(sums + at, squares + at);
  const b = fourFactors(sums + at + next, squares + at + next);
  const low = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const high = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  v128.store(factors, low);
  v128.store(factors, high, 16);
  return bits(f32x4.lt(low, limit), f32x4.lt(high, limit));
}

/** Bits of the eight windows from byte `at` of the row, of those `alive`, that pass the stage. */
function judge(isLbp: bool, stage: usize, number: i32, at: usize, factors: usize, alive: i32): i32 {
  return isLbp
    ? passesPatterns(stage, number, pairs + at, sums + at, next, alive)
    : passes(stage, number, pairs + at, sums + at, next, factors, alive);
}

/**
 * Bits of the eight windows from byte `at` of the row, of those `valid`, that pass the first stage. `sds` and
 * `factors`: of the first window.
 */
function judgeFirst(stage: usize, at: usize, sds: usize, factors: usize, valid: i32): i32 {
  const filter: usize = load<u32>(stage, 32);
  const code = load<u32>(stage, 36);
  let both: i32;
  if (code) both = call_indirect<i32>(code, pairs + at, sums + at, sums + at + next, sds, valid);
  else if (load<u32>(stage, 28)) both = decideFirstTrees(filter, pairs + at, sums + at, next, sds, valid);
  else both = decideFirst(filter, pairs + at, sums + at, next, sds, valid);
  const pass = both >> 8;
  const doubt = both & 255 & ~pass;
  if (doubt === 0) return pass;
  contrasts(at, factors, limit);
  return pass | passes(stage, 0, pairs + at, sums + at, next, factors, doubt);
}

/** Windows that pass the first stage and are looked at: to LIST; answers the list's end. */
function firstStage(stage: usize, both: bool): usize {
  const isLbp = frame(LBP) !== 0;
  const columns = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const isFiltered = load<u32>(stage, 32) !== 0;
  const isSmall = !isLbp && frame(WINDOW_WIDTH) * frame(WINDOW_HEIGHT) <= SMALL;
  const chain: usize = frame(CHAIN);
  const rows = both ? 255 : 0x55;
  let factors: usize = frame(FACTORS);
  let sds: usize = frame(SDS);
  let to: usize = frame(LIST);
  let skip = 0;
  limit = v128.load_splat<f32>(frame(PROGRAM), 12);
  hasFactors = isLbp || !isFiltered;
  for (let column = 0; column < columns; column += 4, factors += 32, sds += 16) {
    const at: usize = column << 2;
    let valid = isSmall ? halfContrasts(sums + at, squares + at, next, sds) : -1;
    // where it is not certain, and where factors are needed anyway
    if (!isLbp && (valid < 0 || !isFiltered)) valid = contrasts(at, factors, limit);
    valid &= rows;
    if (columns - column < 4) valid &= (1 << ((columns - column) << 1)) - 1;
    let pass = 0;
    if (valid) {
      pass = isFiltered
        ? judgeFirst(stage, at, sds, factors, valid)
        : judge(isLbp, stage, 0, at, factors, valid);
    }
    // OpenCV passes over the window after one that the first stage rejects
    const seen = <i32>load<u16>(chain + ((skip | (valid & ~pass)) << 1));
    skip = seen & 0x300;
    to = append(to, column << 1, pass & seen);
  }
  return to;
}

/** Bits of the windows of a group that the filter of the stage lets through. */
function sift(stage: usize, filter: usize, first: i32, alive: i32): i32 {
  const at: usize = first << 1;
  const sds: usize = frame(SDS) + (first << 1);
  return load<u32>(stage, 28)
    ? treesMayPass(filter, pairs + at, sums + at, next, sds, alive)
    : mayPass(filter, pairs + at, sums + at, next, sds, alive);
}

/** Bits of the windows of a group that pass the stage for certain. */
function judgeGroup(stage: usize, number: i32, first: i32, alive: i32): i32 {
  const at: usize = first << 1;
  const isLbp = frame(LBP) !== 0;
  const factors: usize = frame(FACTORS) + (first << 2);
  if (!hasFactors) contrasts(at, factors, limit);
  return judge(isLbp, stage, number, at, factors, alive);
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
function searchVectors(vectors: usize, row: i32, both: bool): void {
  let end = firstStage(vectors, both);
  const stages = load<i32>(frame(PROGRAM));
  let list: usize = frame(LIST);
  let other: usize = frame(NEXT_LIST);
  for (let turn = 0; turn < 2; turn++) {
    let stage = vectors;
    for (let number = 1; number < stages && list < end; number++) {
      stage += STAGE_BYTES;
      const filter: usize = load<u32>(stage, 32);
      if (turn > 0 && filter === 0) continue;
      end = passStage(stage, number, turn > 0 ? 0 : filter, list, end, other);
      const swap = list;
      list = other;
      other = swap;
    }
  }
  for (; list < end; list += 4) {
    const place = load<i32>(list);
    const column = place >> 1;
    const isB = place & 1;
    hit(column, row + isB * frame(STEP), ((<usize>column) << 2) + (isB ? next : 0));
  }
}

/** `from`: bytes to the row, from row A. */
function searchEach(row: i32, from: usize): void {
  const windows = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const program: usize = frame(PROGRAM);
  const stages = load<i32>(program);
  const isLbp = frame(LBP) !== 0;
  const limit = load<f32>(program, 12);
  for (let index = 0; index < windows; index++) {
    const at = from + (index << 2);
    const window = sums + at;
    const factor: f32 = isLbp ? 1 : f32x4.extract_lane(fourFactors(window, squares + at), 0);
    if (!isLbp && !(factor < limit)) continue;
    let stage = 0;
    while (stage < stages && passesStage(window, program, stage, factor, isLbp)) stage++;
    if (stage === stages) hit(index, row, at);
    else if (stage === 0) index++;
  }
}
