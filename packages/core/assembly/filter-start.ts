// Where windows start in a filter. For most stages that is what filter-scale.ts says. The first stage decides on both
// sides, and its threshold is what some windows' leaves add up to, for training lowers it until they pass: bounds on
// rounding would leave them all in doubt. So there all leaves are tried together, in double and in the file's order, as
// exact.ts adds them up, with their losses beside them.
import { optimisticBound, pessimisticBound } from './filter-scale';

/** between the frame and the cascade: for each tree three leaves, a value and a loss; then how many there are */
const LEAVES: usize = 1280;
const LEAF: usize = 16;
const TREE: usize = 3 * LEAF;
const COUNTS: usize = 1856;
/** 12 trees of two leaves, or fewer of three: up to 4096 ways to try */
const MOST_TREES: i32 = 12;
const MOST_WAYS: i32 = 4096;

let isTried: bool = false;
let threshold: f64 = 0;
let trees: i32 = 0;
/** the most that is lost where the threshold is reached, and the least where it is not */
let passing: i32 = 0;
let failing: i32 = 0;

export function beginStarts(stageThreshold: f64, isFirst: bool): void {
  isTried = isFirst;
  threshold = stageThreshold;
  trees = 0;
}

/** From now on leaves are the next tree's. */
export function addTree(): void {
  if (trees === MOST_TREES) isTried = false;
  if (!isTried) return;
  store<i32>(countAt(trees), 0);
  trees++;
}

function countAt(tree: i32): usize {
  return COUNTS + ((<usize>tree) << 2);
}

/** A leaf that windows may reach, and the least that these then lose. */
export function addLeaf(value: f64, loss: i32): void {
  if (!isTried) return;
  const count = countAt(trees - 1);
  const at = LEAVES + <usize>(trees - 1) * TREE + load<usize>(count) * LEAF;
  store<f64>(at, value);
  store<i32>(at, loss, 8);
  store<i32>(count, load<i32>(count) + 1);
}

function tryLeaves(tree: i32, sum: f64, loss: i32): void {
  if (tree === trees) {
    if (sum >= threshold) passing = max(passing, loss);
    else failing = min(failing, loss);
    return;
  }
  let at = LEAVES + <usize>tree * TREE;
  for (let left = load<i32>(countAt(tree)); left > 0; left--, at += LEAF) {
    tryLeaves(tree + 1, sum + load<f64>(at), loss + load<i32>(at, 8));
  }
}

/** All trees have been added. */
export function findStarts(): void {
  let ways = 1;
  for (let tree = 0; tree < trees; tree++) ways *= load<i32>(countAt(tree));
  if (ways > MOST_WAYS) isTried = false;
  if (!isTried) return;
  passing = -1;
  failing = i16.MAX_VALUE;
  tryLeaves(0, 0, 0);
}

/** Where windows start that are rejected below 0, or more than 16 bits hold. */
export function optimisticStart(): i32 {
  return isTried ? passing : optimisticBound();
}

/** Where windows start that pass at 0 or above. */
export function pessimisticStart(): i32 {
  return isTried ? min(passing, failing - 1) : pessimisticBound();
}
