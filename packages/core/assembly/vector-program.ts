// Lays the stages of a cascade out for vector.ts, tree.ts and lbp.ts, which say how: HAAR features with integer
// weights, and LBP where each tree has one question.
import {
  featureCount,
  firstRectangle,
  height,
  isLbp,
  left,
  nodeCount,
  nodeFeature,
  nodeLeft,
  nodeRight,
  nodeSet,
  nodeSplit,
  stageCount,
  stageTrees,
  top,
  treeCount,
  treeLeaf,
  treeNodes,
  width,
} from './cascade';
import { ANY_SHAPE, TURNED } from './corner';
import { loweredThreshold } from './exact-program';
import { cornersAt, findFeatures, isTiltedAt, known, plainFeatures, shapeAt } from './feature';
import { isWindowSmall, STAGES_FILTERED } from './filter-limit';
import { beginFilters, writeFilter } from './filter-program';
import { writeTreeFilter } from './filter-tree-program';
import {
  ANSWER,
  address,
  addressAt,
  beginTemplate,
  endTemplate,
  PLACE,
  TILTED_PLACE,
  word,
} from './template';
import { STAGE_BYTES } from './vector';
import { goTo, here, int, real } from './writer';

/** for each node of a stage its place among the questions */
let order: usize = 0;
/** of the stage at hand: its first tree, the first tree after it, its first node */
let firstTree: u32 = 0;
let endTree: u32 = 0;
let firstNode: u32 = 0;

/**
 * Makes the template of words of at most `bytes` bytes; it, and tables that it needs, begin at `to`, and end at the
 * answer.
 */
export function writeTemplate(to: usize, bytes: usize): usize {
  order = isLbp ? plainFeatures(to) : findFeatures(to);
  const start = beginTemplate(order + ((<usize>maxNodes()) << 2), bytes);
  const isKnown = isLbp ? arePatternsSmall() : known;
  return isKnown && writeStages(start) ? endTemplate() : start;
}

/** Whether 16 bits hold the sum of every cell, and every tree has one question. */
function arePatternsSmall(): bool {
  for (let feature: u32 = 0; feature < featureCount; feature++) {
    const cell = firstRectangle(feature);
    if (255 * width(cell) * height(cell) >= 1 << 16) return false;
  }
  return nodeCount === treeCount;
}

/** Nodes of the largest stage. */
export function maxNodes(): u32 {
  let most: u32 = 0;
  firstTree = 0;
  for (let stage: u32 = 0; stage < stageCount; stage++) {
    endTree = firstTree + stageTrees(stage);
    most = max(most, countNodes());
    firstTree = endTree;
  }
  return most;
}

function countNodes(): u32 {
  let nodes: u32 = 0;
  for (let tree = firstTree; tree < endTree; tree++) nodes += treeNodes(tree);
  return nodes;
}

/** The leaf where the kernel's question is answered with yes, or with no, in a tree of one node. */
function stumpLeaf(tree: u32, node: u32, yes: bool): f32 {
  const isLeft = yes === ((shapeAt(node) & TURNED) === 0);
  return treeLeaf(tree, node, -(isLeft ? nodeLeft(node) : nodeRight(node)));
}

function nextUp(value: f32): f32 {
  if (value === 0) return reinterpret<f32>(1);
  return reinterpret<f32>(reinterpret<i32>(value) + (value < 0 ? -1 : 1));
}

/** The 16 corners of 3 × 3 cells, the set that goes left, and the leaf. */
function writePatterns(head: usize, node: u32, leaf: f32): void {
  const cell = firstRectangle(nodeFeature(node));
  store<u32>(head, load<u32>(head) + 1);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      const x = left(cell) + column * width(cell);
      word(x | ((top(cell) + row * height(cell)) << 16), PLACE);
    }
  }
  for (let index = 0; index < 8; index++) int(nodeSet(node, index));
  real(leaf);
}

/** Writes a question, and counts it in the head. `leaf` stands after the threshold when there are leaves. */
function writeQuestion(head: usize, node: u32, hasLeaf: bool, leaf: f32): void {
  const shape = shapeAt(node);
  const number = head + ((<usize>(shape & 3)) << 2);
  store<u32>(number, load<u32>(number) + 1);
  // not v < t is -v <= -t, which in float32 is -v < the number after -t
  const threshold = shape & TURNED ? nextUp(-nodeSplit(node)) : nodeSplit(node);
  let at = cornersAt(node);
  const count = load<i32>(at);
  const end = at + 4 + ((<usize>count) << 3);
  if (shape === ANY_SHAPE) {
    const kind = isTiltedAt(node) ? TILTED_PLACE : PLACE;
    real(threshold);
    if (hasLeaf) real(leaf);
    int(count);
    for (at += 4; at < end; at += 8) {
      word(load<i32>(at), kind);
      int(load<i32>(at, 4));
    }
    return;
  }
  for (at += 4; at < end; at += 8) word(load<i32>(at), PLACE);
  real(threshold);
  if (hasLeaf) real(leaf);
}

/**
 * Writes bounds on either side of the threshold that the rounding errors of the kernel's float32 sum cannot cross: in
 * parts of 2⁻²⁴ of a partial sum once for each sum, of each leaf once, and of a bound once. False if there are none.
 */
function writeBounds(head: usize, middle: f64, largest: f64, sums: u32, leaves: f64): bool {
  const error = (largest * <f64>sums + leaves + 2 * abs(middle)) * 2 ** -24;
  store<f32>(head, <f32>(middle - error), 16);
  store<f32>(head, <f32>(middle + error), 20);
  return error < 2 ** 60;
}

function writeStumps(head: usize, threshold: f64): bool {
  let more: f64 = 0;
  let less: f64 = 0;
  let base: f64 = 0;
  for (let tree = firstTree, node = firstNode; tree < endTree; tree++, node++) {
    const no = stumpLeaf(tree, node, false);
    const leaf = stumpLeaf(tree, node, true) - no;
    more += <f64>max<f32>(leaf, 0);
    less += <f64>max<f32>(-leaf, 0);
    base += <f64>no;
  }
  for (let shape = 0; shape <= ANY_SHAPE; shape++) {
    for (let tree = firstTree, node = firstNode; tree < endTree; tree++, node++) {
      if ((shapeAt(node) & 3) !== shape) continue;
      const leaf = stumpLeaf(tree, node, true) - stumpLeaf(tree, node, false);
      if (isLbp) writePatterns(head, node, leaf);
      else writeQuestion(head, node, true, leaf);
    }
  }
  return writeBounds(head, threshold - base, max(more, less), endTree - firstTree, more + less);
}

/** Where the answer to a question goes; `valueAt`: what its choice makes of it. */
function answerAt(node: u32): i32 {
  return load<i32>(order + ((<usize>(node - firstNode)) << 2)) << 5;
}

function valueAt(node: u32, nodes: u32): i32 {
  return (nodes + node - firstNode) << 5;
}

/** Writes where a branch's value is; `leaf` is where the leaf's would go. Returns where the next leaf's goes. */
function writeBranch(tree: u32, first: u32, child: i32, nodes: u32, leaf: usize): usize {
  if (child > 0) {
    word(valueAt(first + child, nodes), ANSWER);
    return leaf;
  }
  address(leaf);
  const value = f32x4.splat(treeLeaf(tree, first, -child));
  v128.store(leaf, value);
  v128.store(leaf, value, 16);
  return leaf + 32;
}

/** The choices of a tree from its last node up. */
function writeChoices(tree: u32, first: u32, nodes: u32, leaf: usize): usize {
  let next = leaf;
  for (let node = first + treeNodes(tree); node-- > first; ) {
    const turned = (shapeAt(node) & TURNED) !== 0;
    word(answerAt(node), ANSWER);
    next = writeBranch(tree, first, turned ? nodeRight(node) : nodeLeft(node), nodes, next);
    next = writeBranch(tree, first, turned ? nodeLeft(node) : nodeRight(node), nodes, next);
    if (node === first) int(0);
    else word(valueAt(node, nodes), ANSWER);
  }
  return next;
}

function writeTrees(head: usize, threshold: f64): bool {
  const nodes = countNodes();
  const questions = here();
  memory.fill(questions, 0, STAGE_BYTES);
  addressAt(head + 28, questions);
  goTo(questions + STAGE_BYTES);
  addressAt(questions + 24, here());
  let place: u32 = 0;
  for (let shape = 0; shape <= ANY_SHAPE; shape++) {
    for (let node = firstNode; node < firstNode + nodes; node++) {
      if ((shapeAt(node) & 3) !== shape) continue;
      store<u32>(order + ((<usize>(node - firstNode)) << 2), place++);
      writeQuestion(questions, node, false, 0);
    }
  }
  addressAt(questions + 28, here());
  int(nodes);
  let leaf = here() + ((<usize>nodes) << 4);
  let leaves: f64 = 0;
  for (let tree = firstTree, first = firstNode; tree < endTree; tree++) {
    let largest: f32 = 0;
    for (let index: u32 = 0; index <= treeNodes(tree); index++) {
      largest = max(largest, abs(treeLeaf(tree, first, index)));
    }
    leaves += largest;
    leaf = writeChoices(tree, first, nodes, leaf);
    first += treeNodes(tree);
  }
  goTo(leaf);
  return writeBounds(head, threshold, leaves, endTree - firstTree, leaves);
}

/** Nodes of the stages that have a filter. */
export function filterNodes(): u32 {
  let nodes: u32 = 0;
  firstTree = 0;
  for (let stage: u32 = 0; stage < min(stageCount, <u32>STAGES_FILTERED); stage++) {
    endTree = firstTree + stageTrees(stage);
    nodes += countNodes();
    firstTree = endTree;
  }
  return nodes;
}

/** False where the cascade has no such form. */
function writeStages(start: usize): bool {
  let head = start;
  memory.fill(head, 0, <usize>stageCount * STAGE_BYTES);
  goTo(head + <usize>stageCount * STAGE_BYTES);
  firstTree = 0;
  firstNode = 0;
  beginFilters();
  const hasFilters = !isLbp && isWindowSmall();
  for (let stage: u32 = 0; stage < stageCount; stage++, head += STAGE_BYTES) {
    endTree = firstTree + stageTrees(stage);
    addressAt(head + 24, here());
    const nodes = countNodes();
    const threshold = <f64>loweredThreshold(stage);
    const isOfStumps = nodes === endTree - firstTree;
    if (!(isOfStumps ? writeStumps(head, threshold) : writeTrees(head, threshold))) return false;
    if (stage < <u32>STAGES_FILTERED && hasFilters) {
      const filter = here();
      const isWritten = isOfStumps
        ? writeFilter(firstTree, endTree, firstNode, threshold, stage === 0, order)
        : writeTreeFilter(firstTree, endTree, firstNode, threshold, stage === 0, order);
      if (isWritten) addressAt(head + 32, filter);
    }
    firstTree = endTree;
    firstNode += nodes;
  }
  return true;
}
