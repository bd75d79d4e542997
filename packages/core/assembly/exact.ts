// A window judged exactly as OpenCV does, one number after the other: the reference of the vector code, which asks
// it in doubtful cases, and the only way for what the vector code does not know.
//
// Program (32-bit words): stages; addresses of the vector stages (vector.ts), or 0, and of what questions of trees
// answer; float32 limit of factors; address of the next trees; then for each stage: trees, threshold (float32), address
// of its first tree or 0, and where the cascade has them.
// Tree: nodes, words to the next tree, nodes, leaves (float32).
// HAAR node: 3 × (4 corner offsets in bytes, weight), threshold, left, right. A positive child is a node, else a leaf.
// LBP node: 16 corner offsets, 8 words of the set that goes left, left, right.
import { writeStage } from './exact-program';

const HAAR_NODE = 18 << 2;
const LBP_NODE = 26 << 2;

function corner(window: usize, offsets: usize, index: usize): i32 {
  return load<i32>(window + load<u32>(offsets + (index << 2)));
}

function rectangle(window: usize, at: usize): f32 {
  const sum = corner(window, at, 0) - corner(window, at, 1) - corner(window, at, 2) + corner(window, at, 3);
  return load<f32>(at, 16) * <f32>sum;
}

function haar(window: usize, node: usize, factor: f32): i32 {
  let value = rectangle(window, node) + rectangle(window, node + 20);
  if (load<f32>(node, 56) !== 0) value += rectangle(window, node + 40);
  return value * factor < load<f32>(node, 60) ? load<i32>(node, 64) : load<i32>(node, 68);
}

function cell(window: usize, node: usize, at: usize): i32 {
  return (
    corner(window, node, at) -
    corner(window, node, at + 1) -
    corner(window, node, at + 4) +
    corner(window, node, at + 5)
  );
}

function lbp(window: usize, node: usize): i32 {
  const middle = cell(window, node, 5);
  const pattern =
    (i32(cell(window, node, 0) >= middle) << 7) |
    (i32(cell(window, node, 1) >= middle) << 6) |
    (i32(cell(window, node, 2) >= middle) << 5) |
    (i32(cell(window, node, 6) >= middle) << 4) |
    (i32(cell(window, node, 10) >= middle) << 3) |
    (i32(cell(window, node, 9) >= middle) << 2) |
    (i32(cell(window, node, 8) >= middle) << 1) |
    i32(cell(window, node, 4) >= middle);
  const set = load<u32>(node + ((pattern >> 5) << 2), 64);
  return (set >> (pattern & 31)) & 1 ? load<i32>(node, 96) : load<i32>(node, 100);
}

const STAGE = 5 << 2;

function headOf(program: usize, stage: i32): usize {
  return program + 20 + stage * STAGE;
}

/** What the trees of a stage add up to: in double over float32 leaves, in the file's order. */
export function stageSum(window: usize, program: usize, stage: i32, factor: f32, isLbp: bool): f64 {
  const head = headOf(program, stage);
  if (load<u32>(head, 8) === 0) store<u32>(program, <u32>writeStage(head, load<u32>(program, 16)), 16);
  const size: usize = isLbp ? LBP_NODE : HAAR_NODE;
  let tree: usize = load<u32>(head, 8);
  let sum: f64 = 0;
  for (let left = load<i32>(head); left > 0; left--) {
    const leaves: usize = tree + 8 + load<u32>(tree) * size;
    let index: i32 = 0;
    do {
      const node = tree + 8 + index * size;
      index = isLbp ? lbp(window, node) : haar(window, node, factor);
    } while (index > 0);
    sum += <f64>load<f32>(leaves - ((<isize>index) << 2));
    tree += load<u32>(tree, 4);
  }
  return sum;
}

/** Whether the window passes this stage. */
export function passesStage(window: usize, program: usize, stage: i32, factor: f32, isLbp: bool): bool {
  return stageSum(window, program, stage, factor, isLbp) >= <f64>load<f32>(headOf(program, stage), 4);
}
