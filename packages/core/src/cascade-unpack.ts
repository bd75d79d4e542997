import { flags, headerWords } from './cascade-compact.js';
import type { CascadeModel, HaarFeature, Rectangle, Tree } from './cascade-model.js';

type Section = Float32Array | Int32Array | Uint16Array | Uint8Array;
type Maker<S extends Section> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, at: number, length: number): S;
};

/**
 * What `packCascade` was given, in float32. Of bytes that it did not make anything may come, but nothing outside of
 * them.
 * @throws RangeError when sections reach over the end
 */
export function unpackCascade(bytes: Uint8Array): CascadeModel {
  const { buffer } = bytes.slice();
  let at = 0;
  const take = <S extends Section>(Kind: Maker<S>, length: number): S => {
    const section = new Kind(buffer as ArrayBuffer, at, length);
    at += Math.ceil((length * Kind.BYTES_PER_ELEMENT) / 4) * 4;
    return section;
  };
  const [, flag = 0, width = 0, height = 0, stageCount = 0, treeCount = 0, nodeCount = 0, featureCount = 0] =
    take(Int32Array, headerWords);
  const kind = flag & flags.lbp ? 'lbp' : 'haar';
  const perNode = kind === 'haar' ? 1 : 8;
  const thresholds = take(Float32Array, stageCount);
  const treesOf = take(Int32Array, stageCount);
  const nodesOf = take(Int32Array, treeCount);
  const leaves = take(Float32Array, nodeCount + treeCount);
  const links = take(Int32Array, nodeCount * 3);
  const splits = kind === 'haar' ? take(Float32Array, nodeCount) : take(Int32Array, nodeCount * perNode);
  const shapes = take(Uint8Array, kind === 'haar' ? featureCount : 0);
  const rectCount = kind === 'haar' ? shapes.reduce((sum, shape) => sum + (shape >> 1), 0) : featureCount;
  const places = flag & flags.wide ? take(Uint16Array, rectCount * 4) : take(Uint8Array, rectCount * 4);
  const weights = take(Float32Array, kind === 'haar' ? rectCount : 0);

  let tree = 0;
  let node = 0;
  const readTree = (): Tree => {
    const count = nodesOf[tree] ?? 0;
    const own = [...leaves.subarray(node + tree, node + tree + count + 1)];
    tree++;
    const nodes = Array.from({ length: Math.min(count, nodeCount - node) }, () => {
      const [left = 0, right = 0, feature = 0] = links.subarray(3 * node, 3 * node + 3);
      const split = [...splits.subarray(perNode * node, perNode * (node + 1))];
      node++;
      return { left, right, feature, split };
    });
    return { nodes, leaves: own };
  };
  const stages = Array.from(thresholds, (threshold, index) => ({
    threshold,
    trees: Array.from({ length: Math.min(treesOf[index] ?? 0, treeCount - tree) }, readTree),
  }));
  const rectAt = (index: number): Rectangle => {
    const [x = 0, y = 0, width = 0, height = 0] = places.subarray(4 * index, 4 * index + 4);
    return { x, y, width, height };
  };
  if (kind === 'lbp') {
    const features = Array.from({ length: featureCount }, (_, index) => ({ rect: rectAt(index) }));
    return { kind, width, height, stages, features };
  }
  let rect = 0;
  const features: HaarFeature[] = Array.from(shapes, (shape) => ({
    rects: Array.from({ length: shape >> 1 }, () => ({ ...rectAt(rect), weight: weights[rect++] ?? 0 })),
    tilted: (shape & 1) === 1,
  }));
  return { kind, width, height, stages, features };
}
