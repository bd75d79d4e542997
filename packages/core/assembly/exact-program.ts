// Lays the stages of a cascade out for exact.ts, which says how; their trees when they are first asked, for of a
// cascade that is judged by vectors few windows of few stages come here.
import {
  firstRectangle,
  height,
  isLbp,
  isTilted,
  left,
  nodeFeature,
  nodeLeft,
  nodeRight,
  nodeSet,
  nodeSplit,
  rectanglesOf,
  stageCount,
  stageThreshold,
  stageTrees,
  top,
  treeLeaf,
  treeNodes,
  weight,
  width,
} from './cascade';
import { frame, HALF, STEP, STRIDE, SUM, TILTED } from './frame';
import { offset, setGrid } from './grid';
import { goTo, here, int, real } from './writer';

/** float32(threshold) − 1e-5 in float32, as OpenCV reads it. */
export function loweredThreshold(stage: u32): f32 {
  return stageThreshold(stage) - <f32>1e-5;
}

function writeRectangle(index: u32, tilted: bool): void {
  const x = left(index);
  const y = top(index);
  const w = width(index);
  const h = height(index);
  int(offset(x, y, tilted));
  int(tilted ? offset(x - h, y + h, true) : offset(x + w, y, false));
  int(tilted ? offset(x + w, y + w, true) : offset(x, y + h, false));
  int(tilted ? offset(x + w - h, y + w + h, true) : offset(x + w, y + h, false));
  real(weight(index));
}

function writeHaar(feature: u32): void {
  const first = firstRectangle(feature);
  const end = first + rectanglesOf(feature);
  for (let index = first; index < end; index++) writeRectangle(index, isTilted(feature));
  for (let index = end; index < first + 3; index++) {
    for (let word = 0; word < 5; word++) int(0);
  }
}

function writeLbp(feature: u32): void {
  const rectangle = firstRectangle(feature);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      const x = left(rectangle) + column * width(rectangle);
      int(offset(x, top(rectangle) + row * height(rectangle), false));
    }
  }
}

function writeNode(node: u32): void {
  if (isLbp) {
    writeLbp(nodeFeature(node));
    for (let word = 0; word < 8; word++) int(nodeSet(node, word));
  } else {
    writeHaar(nodeFeature(node));
    real(nodeSplit(node));
  }
  int(nodeLeft(node));
  int(nodeRight(node));
}

function writeTree(tree: u32, first: u32): void {
  const nodes = treeNodes(tree);
  const start = here();
  int(nodes);
  int(0);
  for (let index: u32 = 0; index < nodes; index++) writeNode(first + index);
  for (let index: u32 = 0; index <= nodes; index++) real(treeLeaf(tree, first, index));
  store<u32>(start, <u32>(here() - start), 4);
}

/** The heads of all stages: trees, threshold, address of the trees or 0, first tree and first node. */
export function writeHeads(): void {
  let tree: u32 = 0;
  let node: u32 = 0;
  for (let stage: u32 = 0; stage < stageCount; stage++) {
    int(stageTrees(stage));
    real(loweredThreshold(stage));
    int(0);
    int(tree);
    int(node);
    for (const end = tree + stageTrees(stage); tree < end; tree++) node += treeNodes(tree);
  }
}

/** Writes the trees of the stage with that head for the grid of the frame, at `to`; answers where they end. */
export function writeStage(head: usize, to: usize): usize {
  setGrid(frame(STEP), frame(STRIDE), frame(HALF), frame(TILTED) - frame(SUM));
  goTo(to);
  let tree = load<u32>(head, 12);
  let node = load<u32>(head, 16);
  for (const end = tree + load<u32>(head); tree < end; tree++) {
    writeTree(tree, node);
    node += treeNodes(tree);
  }
  store<u32>(head, <u32>to, 8);
  return here();
}
