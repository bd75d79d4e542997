// Lays the stages of a cascade out for vector.ts and tree.ts, which say how. HAAR features with integer weights only.
import {
  featureCount,
  isLbp,
  isTilted,
  nodeFeature,
  nodeLeft,
  nodeRight,
  nodeSplit,
  stageCount,
  stageTrees,
  treeLeaf,
  treeNodes,
} from './cascade';
import {
  ANY_SHAPE,
  arrangeCorners,
  cornerCount,
  cornerTimes,
  cornerX,
  cornerY,
  gatherCorners,
  isInteger,
  shapeOf,
  TURNED,
} from './corner';
import { loweredThreshold } from './exact-program';
import { STAGE_BYTES } from './vector';
import { goTo, here, int, offset, real } from './writer';

/** for each feature its shape; for each node of a stage its place among the questions; where answers go */
let shapes: usize = 0;
let order: usize = 0;
let answers: usize = 0;
let isVector: bool = false;
/** of the stage at hand: its first tree, the first tree after it, its first node */
let firstTree: u32 = 0;
let endTree: u32 = 0;
let firstNode: u32 = 0;

/** Finds the shape of every feature; the tables begin at `to`, and end at the answer. */
export function prepareShapes(to: usize): usize {
  shapes = to;
  order = (to + featureCount + 3) & ~3;
  isVector = !isLbp;
  for (let feature: u32 = 0; isVector && feature < featureCount; feature++) {
    isVector = isInteger(feature);
    if (isVector) store<u8>(shapes + feature, shapeOf(feature));
  }
  return order + ((<usize>mostNodes()) << 2);
}

/** Nodes of the largest stage. */
function mostNodes(): u32 {
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

function shapeAt(node: u32): i32 {
  return load<u8>(shapes + nodeFeature(node));
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

/** Writes a question, and counts it in the head. `leaf` stands after the threshold when there are leaves. */
function writeQuestion(head: usize, node: u32, hasLeaf: bool, leaf: f32): void {
  const feature = nodeFeature(node);
  const shape = shapeAt(node);
  const number = head + ((<usize>(shape & 3)) << 2);
  store<u32>(number, load<u32>(number) + 1);
  // not v < t is -v <= -t, which in float32 is -v < the number after -t
  const threshold = shape & TURNED ? nextUp(-nodeSplit(node)) : nodeSplit(node);
  gatherCorners(feature);
  if (shape === ANY_SHAPE) {
    real(threshold);
    if (hasLeaf) real(leaf);
    int(cornerCount());
    for (let index = 0; index < cornerCount(); index++) {
      int(offset(cornerX(index), cornerY(index), isTilted(feature)));
      int(cornerTimes(index));
    }
    return;
  }
  arrangeCorners(shape);
  for (let index = 0; index < cornerCount(); index++) int(offset(cornerX(index), cornerY(index), false));
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
      writeQuestion(head, node, true, stumpLeaf(tree, node, true) - stumpLeaf(tree, node, false));
    }
  }
  return writeBounds(head, threshold - base, max(more, less), endTree - firstTree, more + less);
}

/** Where the answer to a question goes, and after all of these what its choice makes of it. */
function answerAt(node: u32): u32 {
  return <u32>answers + (load<u32>(order + ((<usize>(node - firstNode)) << 2)) << 5);
}

function valueAt(node: u32, nodes: u32): u32 {
  return <u32>answers + ((nodes + node - firstNode) << 5);
}

/** Writes where a branch's value is; `leaf` is where the leaf's would go. Answers where the next leaf's goes. */
function writeBranch(tree: u32, first: u32, child: i32, nodes: u32, leaf: usize): usize {
  if (child > 0) {
    int(valueAt(first + child, nodes));
    return leaf;
  }
  int(<i32>leaf);
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
    int(answerAt(node));
    next = writeBranch(tree, first, turned ? nodeRight(node) : nodeLeft(node), nodes, next);
    next = writeBranch(tree, first, turned ? nodeLeft(node) : nodeRight(node), nodes, next);
    int(node === first ? 0 : valueAt(node, nodes));
  }
  return next;
}

function writeTrees(head: usize, threshold: f64): bool {
  const nodes = countNodes();
  const questions = here();
  memory.fill(questions, 0, STAGE_BYTES);
  store<u32>(head, <u32>questions, 28);
  goTo(questions + STAGE_BYTES);
  store<u32>(questions, <u32>here(), 24);
  let place: u32 = 0;
  for (let shape = 0; shape <= ANY_SHAPE; shape++) {
    for (let node = firstNode; node < firstNode + nodes; node++) {
      if ((shapeAt(node) & 3) !== shape) continue;
      store<u32>(order + ((<usize>(node - firstNode)) << 2), place++);
      writeQuestion(questions, node, false, 0);
    }
  }
  store<u32>(questions, <u32>here(), 28);
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

/** All stages, answers of trees to `to`. False where the cascade has no such form. */
export function writeVectors(to: usize): bool {
  if (!isVector) return false;
  answers = to;
  let head = here();
  memory.fill(head, 0, <usize>stageCount * STAGE_BYTES);
  goTo(head + <usize>stageCount * STAGE_BYTES);
  firstTree = 0;
  firstNode = 0;
  for (let stage: u32 = 0; stage < stageCount; stage++, head += STAGE_BYTES) {
    endTree = firstTree + stageTrees(stage);
    store<u32>(head, <u32>here(), 24);
    const nodes = countNodes();
    const threshold = <f64>loweredThreshold(stage);
    const isOfStumps = nodes === endTree - firstTree;
    if (!(isOfStumps ? writeStumps(head, threshold) : writeTrees(head, threshold))) return false;
    firstTree = endTree;
    firstNode += nodes;
  }
  return true;
}

/** Bytes for the answers of the largest stage, and what its choices make of them. */
export function answerBytes(): usize {
  return (<usize>mostNodes()) << 6;
}
