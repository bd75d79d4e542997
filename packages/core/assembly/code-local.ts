// The variables of a function that is made: what it is given, and its vectors.

/** of the first window: addresses of its pairs, of its sums in rows A and B, of its contrast; bits of those alive */
export let pairs: i32 = 0;
export let sums: i32 = 0;
export let sumsB: i32 = 0;
export let sds: i32 = 0;
export let alive: i32 = 0;
/** the first of the vectors */
let vectors: i32 = 0;

export const VECTORS: i32 = 28;

/** In the first stage's function all is given; in the others addresses are the group's, behind what is given. */
export function beginLocals(isFirst: bool): void {
  pairs = isFirst ? 0 : 8;
  sums = pairs + 1;
  sumsB = pairs + 2;
  sds = pairs + 3;
  alive = pairs + 4;
  vectors = isFirst ? 5 : 15;
}

export function contrast(): i32 {
  return vectors;
}
export function left(): i32 {
  return vectors + 1;
}
export function sure(): i32 {
  return vectors + 2;
}
/** for one instruction to the next */
export function spare(): i32 {
  return vectors + 3;
}
export function value(): i32 {
  return vectors + 4;
}
export function limit(): i32 {
  return vectors + 5;
}
/** The answers of a tree's questions: certainly not, certainly. */
export function answer(question: i32, isYes: bool): i32 {
  return vectors + 6 + 2 * question + (isYes ? 1 : 0);
}
/** A corner that is kept, and what it was when another takes its place. */
export function kept(slot: i32): i32 {
  return vectors + 10 + slot;
}
export function former(slot: i32): i32 {
  return vectors + 18 + slot;
}
