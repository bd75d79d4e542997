import type { CascadeModel, HaarFeature, LbpFeature, Tree } from './cascade-model.js';

/** Where the kernel finds a pixel's sum: bytes from row to row, and with windows every 2 pixels the odd columns apart. */
export interface Grid {
  step: 1 | 2;
  stride: number;
  half: number;
  /** bytes from the sums to the tilted sums */
  tilted: number;
}

const { fround } = Math;

/** float32(threshold) − 1e-5, in float32, as OpenCV reads it */
export function stageThreshold(threshold: number): number {
  return fround(fround(threshold) - fround(1e-5));
}

export function offsetOf({ step, stride, half }: Grid, x: number, y: number): number {
  return y * stride + (step === 1 ? x * 4 : (x >> 1) * 4 + (x & 1) * half);
}

/** The corners of a rectangle: top left, top right, bottom left, bottom right, the tilted ones turned by 45°. */
function corners(
  grid: Grid,
  { x, y, width, height }: HaarFeature['rects'][number],
  tilted: boolean,
): [number, number, number, number] {
  if (!tilted) {
    return [
      offsetOf(grid, x, y),
      offsetOf(grid, x + width, y),
      offsetOf(grid, x, y + height),
      offsetOf(grid, x + width, y + height),
    ];
  }
  return [
    grid.tilted + offsetOf(grid, x, y),
    grid.tilted + offsetOf(grid, x - height, y + height),
    grid.tilted + offsetOf(grid, x + width, y + width),
    grid.tilted + offsetOf(grid, x + width - height, y + width + height),
  ];
}

const nodeWords = { haar: 18, lbp: 26 } as const;

function treeWords(kind: CascadeModel['kind'], { nodes, leaves }: Tree): number {
  return 2 + nodes.length * nodeWords[kind] + leaves.length;
}

/** Words (32 bits) that `writeExact` takes. */
export function exactWords({ kind, stages }: CascadeModel): number {
  const trees = stages.flatMap((stage) => stage.trees);
  return 1 + 3 * stages.length + trees.reduce((sum, tree) => sum + treeWords(kind, tree), 0);
}

function writeHaar(
  ints: Int32Array,
  floats: Float32Array,
  at: number,
  grid: Grid,
  feature: HaarFeature,
): void {
  ints.fill(0, at, at + 15);
  for (const [index, rect] of feature.rects.entries()) {
    ints.set(corners(grid, rect, feature.tilted), at + index * 5);
    floats[at + index * 5 + 4] = rect.weight;
  }
}

function writeLbp(ints: Int32Array, at: number, grid: Grid, { rect }: LbpFeature): void {
  for (let index = 0; index < 16; index++) {
    ints[at + index] = offsetOf(grid, rect.x + (index & 3) * rect.width, rect.y + (index >> 2) * rect.height);
  }
}

/** The program of assembly/exact.ts at byte `address` of the kernel's memory. */
export function writeExact(memory: ArrayBuffer, address: number, model: CascadeModel, grid: Grid): void {
  const ints = new Int32Array(memory);
  const floats = new Float32Array(memory);
  const size = nodeWords[model.kind];
  let head = address >> 2;
  ints[head++] = model.stages.length;
  let at = head + 3 * model.stages.length;
  for (const { threshold, trees } of model.stages) {
    ints[head] = trees.length;
    floats[head + 1] = stageThreshold(threshold);
    ints[head + 2] = at * 4;
    head += 3;
    for (const tree of trees) {
      ints[at] = tree.nodes.length;
      ints[at + 1] = treeWords(model.kind, tree) * 4;
      at += 2;
      for (const { feature, split, left, right } of tree.nodes) {
        if (model.kind === 'haar') {
          const haar = model.features[feature];
          if (haar) writeHaar(ints, floats, at, grid, haar);
          floats.set(split, at + 15);
        } else {
          const lbp = model.features[feature];
          if (lbp) writeLbp(ints, at, grid, lbp);
          ints.set(split, at + 16);
        }
        ints[at + size - 2] = left;
        ints[at + size - 1] = right;
        at += size;
      }
      floats.set(tree.leaves, at);
      at += tree.leaves.length;
    }
  }
}
