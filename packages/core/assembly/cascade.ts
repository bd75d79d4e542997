// A cascade in its compact form (src/cascade-compact.ts says what follows what). It may come from anywhere, so every
// count, index and rectangle is checked before anything is derived from it: what is laid out from it cannot lead
// outside.

const HEADER: u32 = 32;
const MARK: u32 = 0x32434346;
/** larger windows exist nowhere, and would overflow the sums */
const MOST_PIXELS: u32 = 1024;

export let isLbp: bool = false;
export let windowWidth: i32 = 0;
export let windowHeight: i32 = 0;
export let stageCount: u32 = 0;
export let treeCount: u32 = 0;
export let nodeCount: u32 = 0;
export let featureCount: u32 = 0;

let thresholds: usize = 0;
let treesOf: usize = 0;
let nodesOf: usize = 0;
let leaves: usize = 0;
let links: usize = 0;
let splits: usize = 0;
let shapes: usize = 0;
let places: usize = 0;
let weights: usize = 0;
let isWide: bool = false;
/** for each feature the number of its first rectangle */
let firsts: usize = 0;

// in 64 bits: counts are whatever the file says
let cursor: u64 = 0;
let end: u64 = 0;

function take(count: u32, bytes: u32): usize {
  const at = cursor;
  cursor += (<u64>count * bytes + 3) & ~3;
  return <usize>at;
}

/** Reads and checks the cascade of so many bytes; answers where the table behind it ends, or 0 if it is damaged. */
export function readCascade(at: usize, bytes: u32): usize {
  if (bytes < HEADER || load<u32>(at) !== MARK) return 0;
  const flags = load<u32>(at, 4);
  if (flags & ~0x101) return 0;
  isLbp = (flags & 1) !== 0;
  isWide = flags >> 8 !== 0;
  windowWidth = load<i32>(at, 8);
  windowHeight = load<i32>(at, 12);
  stageCount = load<u32>(at, 16);
  treeCount = load<u32>(at, 20);
  nodeCount = load<u32>(at, 24);
  featureCount = load<u32>(at, 28);
  if (<u32>windowWidth - 3 > MOST_PIXELS - 3 || <u32>windowHeight - 3 > MOST_PIXELS - 3) return 0;
  cursor = <u64>at + HEADER;
  end = <u64>at + bytes;
  thresholds = take(stageCount, 4);
  treesOf = take(stageCount, 4);
  nodesOf = take(treeCount, 4);
  leaves = take(treeCount, 4);
  take(nodeCount, 4);
  links = take(nodeCount, 12);
  splits = take(nodeCount, isLbp ? 32 : 4);
  shapes = take(isLbp ? 0 : featureCount, 1);
  if (cursor > end) return 0;
  firsts = <usize>((end + 3) & ~3);
  const rectangles = countRectangles();
  if (rectangles === 0) return 0;
  places = take(rectangles, isWide ? 8 : 4);
  weights = take(isLbp ? 0 : rectangles, 4);
  if (cursor !== end) return 0;
  if (!areStagesSound() || !areFeaturesSound()) return 0;
  return firsts + ((<usize>featureCount) << 2);
}

/** Fills `firsts`; answers 0 if a feature has no rectangle or more than three. */
function countRectangles(): u32 {
  // each has at least a place, of four bytes
  if (cursor + ((<u64>featureCount) << 2) > end) return 0;
  let rectangles: u32 = 0;
  for (let feature: u32 = 0; feature < featureCount; feature++) {
    store<u32>(firsts + ((<usize>feature) << 2), rectangles);
    const count = rectanglesOf(feature);
    if (count - 1 > 2) return 0;
    rectangles += count;
  }
  return rectangles;
}

function isFinite32(value: f32): bool {
  return abs(value) < f32.POSITIVE_INFINITY;
}

function areStagesSound(): bool {
  if (stageCount === 0) return false;
  let tree: u32 = 0;
  let node: u32 = 0;
  for (let stage: u32 = 0; stage < stageCount; stage++) {
    const trees = stageTrees(stage);
    if (!isFinite32(stageThreshold(stage)) || trees === 0 || trees > treeCount - tree) return false;
    for (const last = tree + trees; tree < last; tree++) {
      const nodes = treeNodes(tree);
      if (nodes === 0 || nodes > nodeCount - node) return false;
      if (!isTreeSound(tree, node, nodes)) return false;
      node += nodes;
    }
  }
  return tree === treeCount && node === nodeCount;
}

function isTreeSound(tree: u32, first: u32, nodes: u32): bool {
  for (let index: u32 = 0; index < nodes; index++) {
    const node = first + index;
    if (nodeFeature(node) >= featureCount) return false;
    if (!isLbp && !isFinite32(nodeSplit(node))) return false;
    if (!leads(nodeLeft(node), index, nodes) || !leads(nodeRight(node), index, nodes)) return false;
  }
  for (let index: u32 = 0; index <= nodes; index++) {
    if (!isFinite32(treeLeaf(tree, first, index))) return false;
  }
  return true;
}

/** A child comes after its parent, or a walk would go round for ever. */
function leads(to: i32, from: u32, nodes: u32): bool {
  return to > 0 ? <u32>to > from && <u32>to < nodes : <i64>to >= -(<i64>nodes);
}

function areFeaturesSound(): bool {
  for (let feature: u32 = 0; feature < featureCount; feature++) {
    const first = firstRectangle(feature);
    for (let index: u32 = first; index < first + rectanglesOf(feature); index++) {
      const x = left(index);
      const y = top(index);
      const w = width(index);
      const h = height(index);
      if (w < 1 || h < 1) return false;
      if (isLbp) {
        if (x + 3 * w > windowWidth || y + 3 * h > windowHeight) return false;
        continue;
      }
      if (!isFinite32(weight(index))) return false;
      const inside = isTilted(feature)
        ? x >= h && x + w <= windowWidth && y + w + h <= windowHeight
        : x + w <= windowWidth && y + h <= windowHeight;
      if (!inside) return false;
    }
  }
  return true;
}

export function hasTilted(): bool {
  for (let feature: u32 = 0; feature < featureCount; feature++) {
    if (isTilted(feature)) return true;
  }
  return false;
}

export function stageThreshold(stage: u32): f32 {
  return load<f32>(thresholds + ((<usize>stage) << 2));
}

export function stageTrees(stage: u32): u32 {
  return load<u32>(treesOf + ((<usize>stage) << 2));
}

export function treeNodes(tree: u32): u32 {
  return load<u32>(nodesOf + ((<usize>tree) << 2));
}

/** Each tree has one leaf more than nodes: leaf `index` of the tree whose first node is `first`. */
export function treeLeaf(tree: u32, first: u32, index: u32): f32 {
  return load<f32>(leaves + ((<usize>(tree + first + index)) << 2));
}

/** A later node of the tree if positive, else the leaf at minus that index; so is the right one. */
export function nodeLeft(node: u32): i32 {
  return load<i32>(links + <usize>node * 12);
}

export function nodeRight(node: u32): i32 {
  return load<i32>(links + <usize>node * 12, 4);
}

export function nodeFeature(node: u32): u32 {
  return load<u32>(links + <usize>node * 12, 8);
}

export function nodeSplit(node: u32): f32 {
  return load<f32>(splits + ((<usize>node) << 2));
}

/** One of the eight words of the set of patterns that go left. */
export function nodeSet(node: u32, word: u32): u32 {
  return load<u32>(splits + ((<usize>node) << 5) + ((<usize>word) << 2));
}

export function isTilted(feature: u32): bool {
  return !isLbp && (load<u8>(shapes + feature) & 1) !== 0;
}

export function rectanglesOf(feature: u32): u32 {
  return isLbp ? 1 : load<u8>(shapes + feature) >> 1;
}

export function firstRectangle(feature: u32): u32 {
  return load<u32>(firsts + ((<usize>feature) << 2));
}

function place(rectangle: u32, part: u32): i32 {
  const index = <usize>rectangle * 4 + part;
  return isWide ? load<u16>(places + (index << 1)) : load<u8>(places + index);
}

export function left(rectangle: u32): i32 {
  return place(rectangle, 0);
}

export function top(rectangle: u32): i32 {
  return place(rectangle, 1);
}

export function width(rectangle: u32): i32 {
  return place(rectangle, 2);
}

export function height(rectangle: u32): i32 {
  return place(rectangle, 3);
}

export function weight(rectangle: u32): f32 {
  return load<f32>(weights + ((<usize>rectangle) << 2));
}
