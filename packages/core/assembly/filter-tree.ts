// A stage of trees of one or two questions as a filter in 16 bits, as filter.ts has it for stumps. Each question v < A
// has two answers: certainly not (v > A), and certainly (v ≤ A − 2, in 32 bits A − 3). A tree loses the middle leaf's
// loss where its best leaf is certainly not reached, which one of two answers says, and the rest of the worst one's
// where that is certainly reached, which two answers say together. For what passes for certain it is the other way
// round: the middle loss unless the best is certainly reached, the rest unless the worst is certainly not.
//
// Filter (words): optimistic start, pessimistic start, numbers of questions in five sections (of 6, 8 and 9 corners,
// any, any in 32 bits), number of trees. Question: offsets, t_q; with any corners t_q, in 32 bits the shift, corners,
// and for each its offset and weight. Tree: middle loss, what the worst one loses more, and the addresses of answers:
// two that the best leaf is missed, two that the worst is reached, that the best is reached, that the worst is missed.
import { anyCorners, wideCorners } from './filter';
import { frame, PROGRAM } from './frame';
import { eightCorners, nineCorners, sixCorners, writeAnswers } from './sum';

/** Answers all questions; returns where the trees are. */
function askAll(filter: usize, pairs: usize, sums: usize, next: usize, sds: usize): usize {
  const sd = v128.load(sds);
  const two = i16x8.splat(2);
  let at = filter + 32;
  let to: usize = load<u32>(frame(PROGRAM), 8);
  for (let end = at + load<u32>(filter, 8) * 28; at < end; at += 28, to += 32) {
    writeAnswers(to, sixCorners(pairs, at), i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 24)), two);
  }
  for (let end = at + load<u32>(filter, 12) * 36; at < end; at += 36, to += 32) {
    writeAnswers(to, eightCorners(pairs, at), i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 32)), two);
  }
  for (let end = at + load<u32>(filter, 16) * 40; at < end; at += 40, to += 32) {
    writeAnswers(to, nineCorners(pairs, at), i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at, 36)), two);
  }
  for (let count = load<u32>(filter, 20); count > 0; count--, to += 32) {
    const value = anyCorners(pairs, at + 4);
    writeAnswers(to, value, i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at)), two);
    at += 8 + (load<u32>(at, 4) << 3);
  }
  for (let count = load<u32>(filter, 24); count > 0; count--, to += 32) {
    const value = wideCorners(sums, next, load<i32>(at, 4), at + 8);
    writeAnswers(to, value, i16x8.q15mulr_sat_s(sd, v128.load_splat<i32>(at)), i16x8.splat(3));
    at += 12 + (load<u32>(at, 8) << 3);
  }
  return at;
}

function either(at: usize): v128 {
  return v128.or(v128.load(load<u32>(at)), v128.load(load<u32>(at, 4)));
}

function both(at: usize): v128 {
  return v128.and(v128.load(load<u32>(at)), v128.load(load<u32>(at, 4)));
}

/** As `mayPass` of filter.ts. */
export function treesMayPass(
  filter: usize,
  pairs: usize,
  sums: usize,
  next: usize,
  sds: usize,
  alive: i32,
): i32 {
  let at = askAll(filter, pairs, sums, next, sds);
  let left = v128.load_splat<i32>(filter);
  for (let end = at + load<u32>(filter, 28) * 40; at < end; at += 40) {
    left = i16x8.sub_sat_s(left, v128.and(either(at + 8), v128.load_splat<i32>(at)));
    left = i16x8.sub_sat_s(left, v128.and(both(at + 16), v128.load_splat<i32>(at, 4)));
  }
  return alive & ~i16x8.bitmask(left);
}

/** As `decideFirst` of filter-first.ts. */
export function decideFirstTrees(
  filter: usize,
  pairs: usize,
  sums: usize,
  next: usize,
  sds: usize,
  alive: i32,
): i32 {
  let at = askAll(filter, pairs, sums, next, sds);
  let left = v128.load_splat<i32>(filter);
  let sure = v128.load_splat<i32>(filter, 4);
  for (let end = at + load<u32>(filter, 28) * 40; at < end; at += 40) {
    const middle = v128.load_splat<i32>(at);
    const rest = v128.load_splat<i32>(at, 4);
    left = i16x8.sub_sat_s(left, v128.and(either(at + 8), middle));
    left = i16x8.sub_sat_s(left, v128.and(both(at + 16), rest));
    sure = i16x8.sub_sat_s(sure, v128.andnot(middle, both(at + 24)));
    sure = i16x8.sub_sat_s(sure, v128.andnot(rest, either(at + 32)));
  }
  return (alive & ~i16x8.bitmask(left)) | ((alive & ~i16x8.bitmask(sure)) << 8);
}
