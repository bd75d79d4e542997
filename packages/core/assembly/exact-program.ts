// Lays the stages of a cascade out for exact.ts, which says how.
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
import { goTo, here, int, offset, real } from './writer';

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

/** The heads of all stages, then their trees. */
export function writeExact(): void {
  let head = here();
  goTo(head + <usize>stageCount * 12);
  let tree: u32 = 0;
  let node: u32 = 0;
  for (let stage: u32 = 0; stage < stageCount; stage++, head += 12) {
    const trees = stageTrees(stage);
    store<u32>(head, trees);
    store<f32>(head, loweredThreshold(stage), 4);
    store<u32>(head, <u32>here(), 8);
    for (const end = tree + trees; tree < end; tree++) {
      writeTree(tree, node);
      node += treeNodes(tree);
    }
  }
}
