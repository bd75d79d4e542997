// Lays a stage of trees of one or two questions out for filter-tree.ts, which says how.
import { nodeLeft, nodeRight, nodeSplit, treeLeaf, treeNodes } from './cascade';
import { ANY_SHAPE, TURNED } from './corner';
import { cornersAt, isTiltedAt, orderAt, rangeAt } from './feature';
import { isArranged, isAsked, isNarrow, limitOf, shiftOf } from './filter-limit';
import { twice, writeTerms } from './filter-program';
import { beginScale, endTree, isInRange, passOver, scaled } from './filter-scale';
import { addLeaf, addTree, beginStarts, findStarts, optimisticStart, pessimisticStart } from './filter-start';
import { ANSWER, PLACE, word } from './template';
import { goTo, here, int } from './writer';

/** Two starts, the number of questions in each of five sections, and the number of trees. */
const HEAD: usize = 8 << 2;
/** Sections of questions: sums of 6, 8 and 9 corners, of any in 16 bits, of any in 32 bits. */
const FREE: i32 = 3;
const WIDE: i32 = 4;
const NOT_ASKED: i32 = 5;

/** for each node of the stage its section, and its place among the questions in the higher bits */
let places: usize = 0;
let firstNode: u32 = 0;

/** of the tree at hand: its leaves, and how many it can reach, 2 or 3 */
const LEAVES: usize = 64;
const LEAF: usize = 24;
let leaves: i32 = 0;

/** Its value, and answers: two that together say it is reached, two of which one says that it is not. */
function noteLeaf(value: f64, reached: i32, reached2: i32, missed: i32, missed2: i32): void {
  const at = LEAVES + <usize>leaves * LEAF;
  store<f64>(at, value);
  store<i32>(at, reached, 8);
  store<i32>(at, reached2, 12);
  store<i32>(at, missed, 16);
  store<i32>(at, missed2, 20);
  leaves++;
}

function valueAt(leaf: i32): f64 {
  return load<f64>(LEAVES + <usize>leaf * LEAF);
}

/** What it is less than the best one, once they are sorted. */
function lossAt(leaf: i32): f64 {
  return valueAt(0) - valueAt(leaf);
}

/** Where the answer is that the node's question certainly leads left, or right. */
function answerOf(node: u32, toLeft: bool): i32 {
  const entry = load<u32>(places + ((<usize>(node - firstNode)) << 2));
  const turned = (entry & 255) < <u32>FREE && (orderAt(node) & TURNED) !== 0;
  return ((entry >> 8) << 5) | (toLeft !== turned ? 16 : 0);
}

function sectionOf(node: u32): i32 {
  const split = <f64>nodeSplit(node);
  if (!isAsked(split)) return NOT_ASKED;
  if (isTiltedAt(node) || !isNarrow(node, split)) return WIDE;
  return isArranged(node) ? orderAt(node) & ANY_SHAPE : FREE;
}

/** Of a tree that asks one question only, the node that does; else the first. */
function onlyNode(first: u32): u32 {
  return nodeLeft(first) > 0 && nodeRight(first) > 0 ? first + 1 : first;
}

function hasTwo(first: u32): bool {
  return nodeLeft(first) > 0 !== nodeRight(first) > 0;
}

/** Gathers the leaves of a tree with what each is less than the best, the best one first, the worst one last. */
function gatherLeaves(tree: u32, first: u32): void {
  leaves = 0;
  if (hasTwo(first)) {
    const second = first + 1;
    const isLeft = nodeLeft(first) <= 0;
    const near = answerOf(first, isLeft);
    const away = answerOf(first, !isLeft);
    const left = answerOf(second, true);
    const right = answerOf(second, false);
    noteLeaf(leafAt(tree, first, isLeft ? nodeLeft(first) : nodeRight(first)), near, near, away, away);
    noteLeaf(leafAt(tree, first, nodeLeft(second)), away, left, near, right);
    noteLeaf(leafAt(tree, first, nodeRight(second)), away, right, near, left);
  } else {
    const node = onlyNode(first);
    const left = answerOf(node, true);
    const right = answerOf(node, false);
    noteLeaf(leafAt(tree, first, nodeLeft(node)), left, left, right, right);
    noteLeaf(leafAt(tree, first, nodeRight(node)), right, right, left, left);
  }
  sortLeaves();
}

function leafAt(tree: u32, first: u32, child: i32): f64 {
  return <f64>treeLeaf(tree, first, -child);
}

function sortLeaves(): void {
  for (let end = leaves - 1; end > 0; end--) {
    for (let leaf = 0; leaf < end; leaf++) {
      if (valueAt(leaf) >= valueAt(leaf + 1)) continue;
      const at = LEAVES + <usize>leaf * LEAF;
      const spare = LEAVES + 3 * LEAF;
      memory.copy(spare, at, LEAF);
      memory.copy(at, at + LEAF, LEAF);
      memory.copy(at + LEAF, spare, LEAF);
    }
  }
}

function writeQuestion(section: i32, node: u32): void {
  const split = <f64>nodeSplit(node);
  if (section === WIDE) {
    const shift = shiftOf(rangeAt(node), split);
    twice(limitOf(split, shift, false));
    int(shift);
    writeTerms(node, 1, false);
  } else if (section === FREE) {
    twice(limitOf(split, 0, false));
    writeTerms(node, 1, true);
  } else {
    const from = cornersAt(node);
    const end = from + (load<u32>(from) << 3);
    for (let at = from; at < end; at += 8) word(load<i32>(at, 4), PLACE);
    twice(limitOf(orderAt(node) & TURNED ? -split : split, 0, false));
  }
}

/** What the middle leaf loses and the worst one more, and for each of eight answers where it is. */
function writeTree(tree: u32, first: u32): void {
  gatherLeaves(tree, first);
  const worst = leaves - 1;
  const most = scaled(lossAt(worst));
  const middle = leaves === 3 ? scaled(lossAt(1)) : 0;
  const best = LEAVES;
  const last = LEAVES + <usize>worst * LEAF;
  twice(middle);
  twice(most - middle);
  word(load<i32>(best, 16), ANSWER);
  word(load<i32>(best, 20), ANSWER);
  word(load<i32>(last, 8), ANSWER);
  word(load<i32>(last, 12), ANSWER);
  word(load<i32>(best, 8), ANSWER);
  word(load<i32>(best, 12), ANSWER);
  word(load<i32>(last, 16), ANSWER);
  word(load<i32>(last, 20), ANSWER);
}

/** Sets the sections of the tree's questions: none if one of them cannot be asked. */
function placeTree(first: u32, nodes: u32): void {
  const entries = places + ((<usize>(first - firstNode)) << 2);
  for (let index: u32 = 0; index < nodes; index++) {
    const isUsed = hasTwo(first) || onlyNode(first) === first + index;
    store<u32>(entries + ((<usize>index) << 2), isUsed ? sectionOf(first + index) : NOT_ASKED);
  }
  const other = hasTwo(first) ? first + 1 : onlyNode(first);
  if (sectionOf(onlyNode(first)) !== NOT_ASKED && sectionOf(other) !== NOT_ASKED) return;
  for (let index: u32 = 0; index < nodes; index++) store<u32>(entries + ((<usize>index) << 2), NOT_ASKED);
}

/** Whether a tree was passed over. */
function isPassedOver(first: u32): bool {
  return load<u8>(places + ((<usize>(onlyNode(first) - firstNode)) << 2)) === NOT_ASKED;
}

/** The largest absolute value of the tree's leaves. */
function sizeOf(tree: u32, first: u32): f64 {
  let size: f64 = 0;
  for (let index: u32 = 0; index <= treeNodes(tree); index++) {
    size = max<f64>(size, abs(<f64>treeLeaf(tree, first, index)));
  }
  return size;
}

/** Scales the losses of all trees; false if the start does not fit. */
function measure(firstTree: u32, end: u32, threshold: f64, isFirst: bool): bool {
  let best: f64 = 0;
  let largest: f64 = 0;
  for (let tree = firstTree, first = firstNode; tree < end; first += treeNodes(tree), tree++) {
    placeTree(first, treeNodes(tree));
    gatherLeaves(tree, first);
    best += valueAt(0);
    largest += sizeOf(tree, first);
  }
  beginScale(best, largest, threshold);
  beginStarts(threshold, isFirst);
  for (let tree = firstTree, first = firstNode; tree < end; first += treeNodes(tree), tree++) {
    gatherLeaves(tree, first);
    const isAsked = !isPassedOver(first);
    if (!isAsked) passOver(lossAt(leaves - 1));
    addTree();
    for (let leaf = 0; leaf < leaves; leaf++) addLeaf(valueAt(leaf), isAsked ? scaled(lossAt(leaf)) : 0);
    endTree();
  }
  findStarts();
  return isInRange(optimisticStart());
}

/**
 * Writes the filter of the stage of trees from `firstTree` to before `end`, whose first node is `node`; `to`: four
 * bytes a node. False if it has none.
 */
export function writeTreeFilter(
  firstTree: u32,
  end: u32,
  node: u32,
  threshold: f64,
  isFirst: bool,
  to: usize,
): bool {
  places = to;
  firstNode = node;
  let nodes: u32 = 0;
  for (let tree = firstTree; tree < end; tree++) {
    if (treeNodes(tree) > 2) return false;
    nodes += treeNodes(tree);
  }
  if (!measure(firstTree, end, threshold, isFirst)) return false;
  const head = here();
  twice(optimisticStart());
  twice(pessimisticStart());
  memory.fill(here(), 0, HEAD - 8);
  goTo(head + HEAD);
  let place: u32 = 0;
  for (let section = 0; section < NOT_ASKED; section++) {
    const from = place;
    for (let node = firstNode; node < firstNode + nodes; node++) {
      const entry = places + ((<usize>(node - firstNode)) << 2);
      if (load<u8>(entry) !== section) continue;
      store<u32>(entry, section | (place << 8));
      place++;
      writeQuestion(section, node);
    }
    store<u32>(head + 8 + ((<usize>section) << 2), place - from);
  }
  let trees = 0;
  for (let tree = firstTree, first = firstNode; tree < end; first += treeNodes(tree), tree++) {
    if (isPassedOver(first)) continue;
    writeTree(tree, first);
    trees++;
  }
  store<u32>(head + 28, trees);
  return true;
}
