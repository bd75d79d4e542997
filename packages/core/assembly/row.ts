// Two rows of windows, A and B: from the factors and the first stage, for all, to those that pass the last stage.
import { bits } from './decide';
import { passesStage, stageSum } from './exact';
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
  STEP,
  STRIDE,
} from './frame';
import { passesPatterns } from './lbp';
import { fourFactors } from './normal';
import { passes, STAGE_BYTES } from './vector';

let hits: i32 = 0;
/** of the layer's first pixel of row A */
let pairs: usize = 0;
let sums: usize = 0;
let squares: usize = 0;
/** bytes to row B */
let next: usize = 0;

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
    searchEach(row, sums, squares);
    if (both) searchEach(row + frame(STEP), sums + next, squares + next);
  }
  return hits;
}

/** `window`: its first sum. */
function hit(column: i32, row: i32, window: usize, factor: f32): void {
  const to: usize = frame(HITS) + (hits << 4);
  const program: usize = frame(PROGRAM);
  const last = load<i32>(program) - 1;
  store<i32>(to, column * frame(STEP));
  store<i32>(to, row, 4);
  store<f64>(to, frame(SCORES) ? stageSum(window, program, last, factor, frame(LBP) !== 0) : 0, 8);
  hits++;
}

/**
 * Puts `base` plus the places of the eight bits in a list of windows, without a branch: always eight, the list ends
 * earlier.
 */
function append(to: usize, base: i32, bits: i32): usize {
  const places = v128.load64_zero(<usize>frame(PLACES) + (bits << 3));
  const words = i16x8.extend_low_i8x16_u(places);
  const first = i32x4.splat(base);
  v128.store(to, i32x4.add(i32x4.extend_low_i16x8_u(words), first));
  v128.store(to, i32x4.add(i32x4.extend_high_i16x8_u(words), first), 16);
  return to + (popcnt(bits) << 2);
}

/** Ends a list with eight windows that are far from all others. */
function close(end: usize): void {
  const far = i32x4.splat(i32.MAX_VALUE);
  v128.store(end, far);
  v128.store(end, far, 16);
}

/** Bits of the windows on the list that are at `first` or less than eight places after it. */
function aliveFrom(list: usize, first: i32): i32 {
  const start = i32x4.splat(first);
  const places = i16x8.narrow_i32x4_s(
    i32x4.sub(v128.load(list), start),
    i32x4.sub(v128.load(list, 16), start),
  );
  const powers = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  const bits = i8x16.swizzle(powers, i8x16.narrow_i16x8_u(places, places));
  // no two bytes have the same bit: the four of a word added up are in the highest of the product
  const word: u32 = i32x4.extract_lane(bits, 0) | i32x4.extract_lane(bits, 1);
  return (word * 0x01010101) >> 24;
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

/** Windows that pass the first stage and are looked at: to LIST; answers the list's end. */
function firstStage(stage: usize, both: bool): usize {
  const isLbp = frame(LBP) !== 0;
  const columns = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const limit = v128.load_splat<f32>(frame(PROGRAM), 12);
  const chain: usize = frame(CHAIN);
  const rows = both ? 255 : 0x55;
  let factors: usize = frame(FACTORS);
  let to: usize = frame(LIST);
  let skip = 0;
  for (let column = 0; column < columns; column += 4, factors += 32) {
    const at: usize = column << 2;
    let valid = isLbp ? rows : contrasts(at, factors, limit) & rows;
    if (columns - column < 4) valid &= (1 << ((columns - column) << 1)) - 1;
    const pass = valid ? judge(isLbp, stage, 0, at, factors, valid) : 0;
    // OpenCV passes over the window after one that the first stage rejects
    const seen = <i32>load<u16>(chain + ((skip | (valid & ~pass)) << 1));
    skip = seen & 0x300;
    to = append(to, column << 1, pass & seen);
  }
  return to;
}

function searchVectors(vectors: usize, row: i32, both: bool): void {
  let end = firstStage(vectors, both);
  const stages = load<i32>(frame(PROGRAM));
  const factors: usize = frame(FACTORS);
  let list: usize = frame(LIST);
  let other: usize = frame(NEXT_LIST);
  const isLbp = frame(LBP) !== 0;
  let stage = vectors;
  for (let number = 1; number < stages && list < end; number++) {
    stage += STAGE_BYTES;
    let to = other;
    close(end);
    // a group is four columns from the first window that is still in and not in the group before
    for (let from = list; from < end; ) {
      const first = load<i32>(from) & -2;
      const alive = aliveFrom(from, first);
      from += popcnt(alive) << 2;
      const at: usize = first << 1;
      to = append(to, first, judge(isLbp, stage, number, at, factors + (first << 2), alive));
    }
    end = to;
    const swap = list;
    list = other;
    other = swap;
  }
  for (; list < end; list += 4) {
    const place = load<i32>(list);
    const column = place >> 1;
    const isB = place & 1;
    const window = sums + ((<usize>column) << 2) + (isB ? next : 0);
    hit(column, row + isB * frame(STEP), window, load<f32>(factors + ((<usize>place) << 2)));
  }
}

function searchEach(row: i32, sums: usize, squares: usize): void {
  const windows = (frame(COLUMNS) + frame(STEP) - 1) / frame(STEP);
  const program: usize = frame(PROGRAM);
  const stages = load<i32>(program);
  const isLbp = frame(LBP) !== 0;
  const limit = load<f32>(program, 12);
  for (let index = 0; index < windows; index++) {
    const window: usize = sums + (index << 2);
    const factor: f32 = isLbp ? 1 : f32x4.extract_lane(fourFactors(window, squares + (index << 2)), 0);
    if (!isLbp && !(factor < limit)) continue;
    let stage = 0;
    while (stage < stages && passesStage(window, program, stage, factor, isLbp)) stage++;
    if (stage === stages) hit(index, row, window, factor);
    else if (stage === 0) index++;
  }
}
