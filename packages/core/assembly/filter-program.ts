// Lays a stage of stumps out for filter.ts, which says how.
import { nodeLeft, nodeRight, nodeSplit, treeLeaf } from './cascade';
import { TURNED } from './corner';
import { cornersAt, isTiltedAt, orderAt, rangeAt } from './feature';
import {
  FREE,
  HALF,
  halfLimitOf,
  hasHalf,
  isArranged,
  isAsked,
  isNarrow,
  LESS,
  limitOf,
  NINE,
  NOT_ASKED,
  shiftOf,
  WIDE,
} from './filter-limit';
import { beginScale, endTree, isInRange, passOver, scaled } from './filter-scale';
import { addLeaf, addTree, beginStarts, findStarts, optimisticStart, pessimisticStart } from './filter-start';
import { PLACE, TILTED_PLACE, word } from './template';
import { goTo, here, int } from './writer';

/** Two starts, and the number of features in each of ten sections. */
export const FILTER_HEAD: usize = 12 << 2;
/** What a node takes at most in a filter, with 12 corners, and its tree's part. */
export const FILTER_NODE: usize = 16 + 12 * 8 + 40;

/** whether any filter needs the table of halves */
export let hasHalves: bool = false;
/** for each node of the stage its section */
let sections: usize = 0;

export function beginFilters(): void {
  hasHalves = false;
}

/** An int16 twice, as `v128.load32_splat` wants it. */
export function twice(value: i32): void {
  int((value & 0xffff) | (value << 16));
}

function leafOf(tree: u32, node: u32, left: bool): f64 {
  return <f64>treeLeaf(tree, node, -(left ? nodeLeft(node) : nodeRight(node)));
}

/** What the better leaf is above the other; negative where it is the right one. */
function gain(tree: u32, node: u32): f64 {
  return leafOf(tree, node, true) - leafOf(tree, node, false);
}

/** What all positive weights of the node's corners add up to. */
function positiveAt(node: u32): i32 {
  let sum = 0;
  let at = cornersAt(node) + 4;
  for (const end = at + (load<u32>(at - 4) << 3); at < end; at += 8) sum += max(load<i32>(at, 4), 0);
  return sum;
}

function sectionOf(node: u32, opposite: bool, isFirst: bool): i32 {
  const threshold = <f64>nodeSplit(node);
  if (!isAsked(threshold)) return NOT_ASKED;
  const narrow = isNarrow(node, threshold);
  if (!narrow && (isFirst || isTiltedAt(node) || !hasHalf(node, threshold, positiveAt(node)))) return WIDE;
  if (isTiltedAt(node)) return WIDE;
  if (!narrow) hasHalves = true;
  if (!isArranged(node)) return FREE;
  const shape = orderAt(node) & 3;
  const turned = (orderAt(node) & TURNED) !== 0;
  return (shape === NINE && turned !== opposite ? LESS : shape) + (narrow ? 0 : HALF);
}

/** The corners in the order of the shape, those that count the other way first where the sum is `negative`. */
function writeCorners(node: u32, negative: bool): void {
  const from = cornersAt(node) + 4;
  const count = load<i32>(from - 4);
  for (let corner = 0; corner < count; corner++) {
    // 1 1 −1 −1, then 2 −2 or 3 3 −3 −3
    const other = corner < 4 ? corner ^ 2 : count === 6 ? 9 - corner : 4 + ((corner - 4) ^ 2);
    word(load<i32>(from + ((<usize>(negative ? other : corner)) << 3)), PLACE);
  }
}

/** How many corners, and for each its place and how often it counts, in 16 bits twice if `narrow`. */
export function writeTerms(node: u32, sign: i32, narrow: bool): void {
  let at = cornersAt(node);
  const count = load<i32>(at);
  const kind = isTiltedAt(node) ? TILTED_PLACE : PLACE;
  int(count);
  for (let corner = 0; corner < count; corner++) {
    word(load<i32>(at, 4), kind);
    const times = load<i32>(at, 8) * sign;
    if (narrow) twice(times);
    else int(times);
    at += 8;
  }
}

function writeStump(section: i32, node: u32, loss: i32, opposite: bool): void {
  const split = <f64>nodeSplit(node);
  const threshold = opposite ? -split : split;
  const sign = opposite ? -1 : 1;
  if (section === WIDE) {
    const shift = shiftOf(rangeAt(node), split);
    twice(limitOf(threshold, shift, false));
    twice(loss);
    int(shift);
    writeTerms(node, sign, false);
    return;
  }
  const isHalf = !isNarrow(node, split);
  const isLess = section === LESS || section === LESS + HALF;
  // v < −t asks what −v > t does
  const asked = isLess ? -threshold : threshold;
  const limit = isHalf ? halfLimitOf(asked, positiveAt(node), isLess) : limitOf(asked, 0, isLess);
  if (section === FREE) {
    twice(limit);
    twice(loss);
    int(isHalf ? 1 : 0);
    writeTerms(node, sign, true);
    return;
  }
  const turned = (orderAt(node) & TURNED) !== 0;
  writeCorners(node, !isLess && turned !== opposite);
  twice(limit);
  twice(loss);
}

/**
 * Writes the filter of the stage of stumps from `firstTree` to before `endTree`; `to`: four bytes a node. False if it
 * has none. The first stage's has no halves.
 */
export function writeFilter(
  firstTree: u32,
  end: u32,
  firstNode: u32,
  threshold: f64,
  isFirst: bool,
  to: usize,
): bool {
  sections = to;
  let best: f64 = 0;
  let largest: f64 = 0;
  for (let tree = firstTree, node = firstNode; tree < end; tree++, node++) {
    const left = leafOf(tree, node, true);
    const right = leafOf(tree, node, false);
    best += max<f64>(left, right);
    largest += max<f64>(abs(left), abs(right));
  }
  beginScale(best, largest, threshold);
  beginStarts(threshold, isFirst);
  for (let node = firstNode, tree = firstTree; tree < end; tree++, node++) {
    const left = leafOf(tree, node, true);
    const right = leafOf(tree, node, false);
    const advantage = left - right;
    const section = sectionOf(node, advantage < 0, isFirst);
    store<u32>(sections + ((<usize>(node - firstNode)) << 2), section);
    let loss = 0;
    if (section === NOT_ASKED) passOver(abs(advantage));
    else loss = scaled(abs(advantage));
    endTree();
    addTree();
    addLeaf(left, advantage < 0 ? loss : 0);
    addLeaf(right, advantage < 0 ? 0 : loss);
  }
  findStarts();
  if (!isInRange(optimisticStart())) return false;
  const head = here();
  twice(optimisticStart());
  twice(pessimisticStart());
  memory.fill(here(), 0, FILTER_HEAD - 8);
  goTo(head + FILTER_HEAD);
  for (let section = 0; section < NOT_ASKED; section++) {
    const number = head + 8 + ((<usize>section) << 2);
    for (let node = firstNode, tree = firstTree; tree < end; tree++, node++) {
      if (load<u32>(sections + ((<usize>(node - firstNode)) << 2)) !== section) continue;
      store<u32>(number, load<u32>(number) + 1);
      writeStump(section, node, scaled(abs(gain(tree, node))), gain(tree, node) < 0);
    }
  }
  return true;
}
