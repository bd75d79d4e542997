import type { CascadeModel, HaarFeature, Stage, Tree, TreeNode } from './cascade-model.js';

// A bundled cascade as numbers, which loads in about a millisecond where its XML takes a hundred. Little-endian; a header
// of eight 32-bit words (mark, kind, window width and height, stages, trees, nodes, features), then one after the other,
// each section begun at a multiple of eight bytes:
//   stage thresholds, trees of each stage
//   nodes of each tree; leaves: one more than nodes, tree by tree
//   left, right, feature, split of each node (split: 1 value, or the 8 words of an LBP set)
//   features: rectangles (x, y, width, height), for HAAR how many, their weights, and whether tilted
// Values are float64, so that nothing is lost, or float32 where that loses nothing.

const mark = 0x31434346; // "FCC1"
const headerWords = 8;
const kinds = ['haar', 'lbp'] as const;

type Section = Float64Array | Float32Array | Int32Array | Uint8Array;
type Maker<S extends Section> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, at: number, length: number): S;
};

const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** float64 only where float32 would round: OpenCV's files hold float32 values, written out in decimals. */
function reals(values: number[]): Float64Array | Float32Array {
  return values.every((value) => Math.fround(value) === value)
    ? new Float32Array(values)
    : new Float64Array(values);
}

function concatenate(sections: readonly Section[]): Uint8Array {
  const bytes = new Uint8Array(sections.reduce((sum, { byteLength }) => sum + aligned(byteLength), 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of sections) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return bytes;
}

/** The compact form of a cascade; the build makes it of each bundled one. */
export function packCascade(model: CascadeModel): Uint8Array {
  const { kind, width, height, stages, features } = model;
  const trees = stages.flatMap((stage) => stage.trees);
  const nodes = trees.flatMap((tree) => tree.nodes);
  const thresholds = reals(stages.map(({ threshold }) => threshold));
  const leaves = reals(trees.flatMap((tree) => tree.leaves));
  const split =
    kind === 'haar'
      ? reals(nodes.flatMap((node) => node.split))
      : Int32Array.from(nodes.flatMap((node) => node.split));
  const rects =
    kind === 'haar'
      ? model.features.flatMap((feature) => feature.rects)
      : model.features.map(({ rect }) => rect);
  const places = Uint8Array.from(rects.flatMap((rect) => [rect.x, rect.y, rect.width, rect.height]));
  const weights =
    kind === 'haar'
      ? reals(model.features.flatMap((feature) => feature.rects.map(({ weight }) => weight)))
      : new Float32Array();
  const shapes =
    kind === 'haar'
      ? Uint8Array.from(model.features.map((feature) => feature.rects.length * 2 + Number(feature.tilted)))
      : new Uint8Array();
  const wide = [thresholds, leaves, split, weights].reduce(
    (bits, section, index) => bits | (section instanceof Float64Array ? 1 << index : 0),
    0,
  );
  const counts = [stages.length, trees.length, nodes.length, features.length];
  return concatenate([
    Int32Array.of(mark, kinds.indexOf(kind) | (wide << 8), width, height, ...counts),
    thresholds,
    Int32Array.from(stages.map((stage) => stage.trees.length)),
    Int32Array.from(trees.map((tree) => tree.nodes.length)),
    leaves,
    Int32Array.from(nodes.flatMap(({ left, right, feature }) => [left, right, feature])),
    split,
    shapes,
    places,
    weights,
  ]);
}

/** Whether the bytes begin as `packCascade` makes them. */
export function isCompact(bytes: Uint8Array): boolean {
  return (
    bytes.length >= headerWords * 4 && new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true) === mark
  );
}

/** What `packCascade` was given. The bytes are trusted: they are the package's own. */
export function unpackCascade(bytes: Uint8Array): CascadeModel {
  const { buffer } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  let at = bytes.byteOffset % 8 === 0 ? bytes.byteOffset : 0;
  const take = <S extends Section>(Kind: Maker<S>, length: number): S => {
    const section = new Kind(buffer as ArrayBuffer, at, length);
    at += aligned(length * Kind.BYTES_PER_ELEMENT);
    return section;
  };
  const [, flags = 0, width = 0, height = 0, stageCount = 0, treeCount = 0, nodeCount = 0, featureCount = 0] =
    take(Int32Array, headerWords);
  const kind = kinds[flags & 255] ?? 'haar';
  const real = (index: number, length: number): Float64Array | Float32Array =>
    (flags >> (8 + index)) & 1 ? take(Float64Array, length) : take(Float32Array, length);
  const values = kind === 'haar' ? 1 : 8;
  const thresholds = real(0, stageCount);
  const treesOf = take(Int32Array, stageCount);
  const nodesOf = take(Int32Array, treeCount);
  const leaves = real(1, nodeCount + treeCount);
  const links = take(Int32Array, nodeCount * 3);
  const split = kind === 'haar' ? real(2, nodeCount) : take(Int32Array, nodeCount * values);

  // by index: views and destructuring would take most of the time there is
  const number = (section: ArrayLike<number>, index: number): number => section[index] ?? 0;
  let tree = 0;
  let node = 0;
  let leaf = 0;
  const readNode = (): TreeNode => {
    const own: number[] = [];
    for (let index = node * values; index < (node + 1) * values; index++) own.push(number(split, index));
    const link = 3 * node++;
    return {
      left: number(links, link),
      right: number(links, link + 1),
      feature: number(links, link + 2),
      split: own,
    };
  };
  const readTree = (): Tree => {
    const nodes: TreeNode[] = [];
    const own: number[] = [];
    for (let left = number(nodesOf, tree++); left > 0; left--) {
      nodes.push(readNode());
      own.push(number(leaves, leaf++));
    }
    own.push(number(leaves, leaf++));
    return { nodes, leaves: own };
  };
  const stages: Stage[] = Array.from(thresholds, (threshold, index) => ({
    threshold,
    trees: Array.from({ length: treesOf[index] ?? 0 }, readTree),
  }));

  const shapes = take(Uint8Array, kind === 'haar' ? featureCount : 0);
  const rectCount = kind === 'haar' ? shapes.reduce((sum, shape) => sum + (shape >> 1), 0) : featureCount;
  const places = take(Uint8Array, rectCount * 4);
  const weights = real(3, kind === 'haar' ? rectCount : 0);
  const place = (index: number) => ({
    x: number(places, 4 * index),
    y: number(places, 4 * index + 1),
    width: number(places, 4 * index + 2),
    height: number(places, 4 * index + 3),
  });
  if (kind === 'lbp') {
    const features = Array.from({ length: featureCount }, (_, index) => ({ rect: place(index) }));
    return { kind, width, height, stages, features };
  }
  let next = 0;
  const features: HaarFeature[] = [];
  for (const shape of shapes) {
    const rects: HaarFeature['rects'] = [];
    for (let left = shape >> 1; left > 0; left--) {
      const { x, y, width, height } = place(next);
      rects.push({ x, y, width, height, weight: number(weights, next++) });
    }
    features.push({ rects, tilted: (shape & 1) === 1 });
  }
  return { kind, width, height, stages, features };
}
