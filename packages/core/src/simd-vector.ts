import type { CascadeModel, HaarFeature, Stage, Tree } from './cascade-model.js';
import { type Grid, offsetOf, stageThreshold } from './simd-program.js';

/** A pixel of the integral image (or the tilted one) and how often a feature takes it. */
interface Corner {
  x: number;
  y: number;
  tilted: boolean;
  times: number;
}

/** How a feature is summed: 6, 8 or 9 corners in 16 bits, or any number in 32 bits. The order in a stage. */
type Shape = 0 | 1 | 2 | 3;

interface Question {
  shape: Shape;
  corners: Corner[];
  threshold: number;
  /** what the answer yes adds to `base` */
  leaf: number;
  base: number;
}

interface VectorStage {
  questions: Question[];
  low: number;
  high: number;
}

/** A cascade in the form that assembly/vector.ts runs. */
export interface Vectors {
  stages: VectorStage[];
  words: number;
}

const { fround } = Math;
const stageWords = 8;
/** by shape: how often each corner counts, in the order of the kernel's loads */
const patterns = [
  [1, 1, -1, -1, 2, -2],
  [1, 1, -1, -1, 3, 3, -3, -3],
  [1, 1, 1, 1, -2, -2, -2, -2, 4],
] as const;

function nextUp(value: number): number {
  const floats = Float32Array.of(value === 0 ? 0 : value);
  const bits = new Int32Array(floats.buffer);
  bits[0] = (bits[0] ?? 0) + (value < 0 ? -1 : 1);
  return floats[0] ?? value;
}

function cornersOf({ rects, tilted }: HaarFeature): Corner[] {
  const corners = new Map<string, Corner>();
  const add = (x: number, y: number, times: number) => {
    const key = `${x} ${y}`;
    const corner = corners.get(key) ?? { x, y, tilted, times: 0 };
    corner.times += times;
    corners.set(key, corner);
  };
  for (const { x, y, width, height, weight } of rects) {
    const [right, down] = tilted ? [-height, width] : [0, 0];
    add(x, y, weight);
    add(tilted ? x + right : x + width, tilted ? y + height : y, -weight);
    add(tilted ? x + width : x, tilted ? y + down : y + height, -weight);
    add(x + width + right, y + height + down, weight);
  }
  return [...corners.values()].filter(({ times }) => times !== 0);
}

/** Whether the feature's sum lies between −2¹⁵ and 2¹⁵ whatever the pixels are. */
function fits16({ rects, tilted }: HaarFeature, width: number): boolean {
  if (tilted) return false;
  const weights = new Map<number, number>();
  for (const { x, y, width: w, height: h, weight } of rects) {
    for (let row = y; row < y + h; row++) {
      for (let column = x; column < x + w; column++) {
        const at = row * width + column;
        weights.set(at, (weights.get(at) ?? 0) + weight);
      }
    }
  }
  let most = 0;
  let least = 0;
  for (const weight of weights.values()) {
    if (weight > 0) most += weight;
    else least -= weight;
  }
  return 255 * Math.max(most, least) < 2 ** 15;
}

/** Whether every partial sum of the feature is an integer that float32 holds. */
function isInteger({ rects, tilted }: HaarFeature): boolean {
  let sum = 0;
  for (const { width, height, weight } of rects) {
    if (!Number.isInteger(weight)) return false;
    sum += Math.abs(weight) * width * height * (tilted ? 2 : 1);
  }
  return sum * 255 < 2 ** 24;
}

/** The corners in the order of a pattern, if they have it. */
function arranged(corners: readonly Corner[], pattern: readonly number[]): Corner[] | undefined {
  const rest = [...corners];
  const found: Corner[] = [];
  for (const times of pattern) {
    const at = rest.findIndex((corner) => corner.times === times);
    const [corner] = at < 0 ? [] : rest.splice(at, 1);
    if (corner === undefined) return undefined;
    found.push(corner);
  }
  return rest.length === 0 ? found : undefined;
}

function questionOf(
  feature: HaarFeature,
  width: number,
  split: number,
  left: number,
  right: number,
): Question {
  const corners = cornersOf(feature);
  const threshold = fround(split);
  if (fits16(feature, width)) {
    for (const [shape, pattern] of patterns.entries()) {
      const straight = arranged(corners, pattern);
      if (straight) {
        return {
          shape: shape as Shape,
          corners: straight,
          threshold,
          leaf: fround(left - right),
          base: right,
        };
      }
      const turned = corners.map((corner) => ({ ...corner, times: -corner.times }));
      const other = arranged(turned, pattern);
      // not v < t is -v <= -t, which in float32 is -v < the number after -t
      if (other) {
        const after = nextUp(-threshold);
        return {
          shape: shape as Shape,
          corners: other,
          threshold: after,
          leaf: fround(right - left),
          base: left,
        };
      }
    }
  }
  return { shape: 3, corners, threshold, leaf: fround(left - right), base: right };
}

function stump({
  nodes: [node, second],
  leaves,
}: Tree): { feature: number; split: number; left: number; right: number } | undefined {
  if (!node || second) return undefined;
  const leaf = (to: number) => fround(leaves[-to] ?? 0);
  return { feature: node.feature, split: node.split[0] ?? 0, left: leaf(node.left), right: leaf(node.right) };
}

/** Bounds on either side of the threshold that the rounding errors of the kernel's float32 sum cannot cross. */
function bounds(
  threshold: number,
  questions: readonly Question[],
): { low: number; high: number } | undefined {
  const base = questions.reduce((sum, question) => sum + question.base, 0);
  const size = questions.reduce((sum, { leaf }) => sum + Math.abs(leaf), 0);
  const middle = stageThreshold(threshold) - base;
  // in parts of 2⁻²⁴: of a leaf once, of a partial sum once for each sum, of a bound once; 2 to be safe
  const error = ((questions.length + 1) * size + 2 * Math.abs(middle)) * 2 ** -24;
  if (!(error < 2 ** 60)) return undefined;
  return { low: fround(middle - error), high: fround(middle + error) };
}

function vectorStage(stage: Stage, features: readonly HaarFeature[], width: number): VectorStage | undefined {
  const questions: Question[] = [];
  for (const tree of stage.trees) {
    const found = stump(tree);
    const feature = found && features[found.feature];
    if (!feature || !isInteger(feature)) return undefined;
    questions.push(questionOf(feature, width, found.split, found.left, found.right));
  }
  const limits = bounds(stage.threshold, questions);
  return limits && { questions: questions.sort((a, b) => a.shape - b.shape), ...limits };
}

function questionWords({ shape, corners }: Question): number {
  return shape === 3 ? 3 + 2 * corners.length : 2 + corners.length;
}

/** The vector form of a cascade, if it has one: HAAR stumps with integer weights. */
export function vectorsOf(model: CascadeModel): Vectors | undefined {
  if (model.kind !== 'haar') return undefined;
  const stages: VectorStage[] = [];
  let words = 0;
  for (const stage of model.stages) {
    const vector = vectorStage(stage, model.features, model.width);
    if (!vector) return undefined;
    stages.push(vector);
    words += stageWords + vector.questions.reduce((sum, question) => sum + questionWords(question), 0);
  }
  return { stages, words };
}

/** Puts the stages at byte `address` of the kernel's memory. */
export function writeVectors(memory: ArrayBuffer, address: number, { stages }: Vectors, grid: Grid): void {
  const ints = new Int32Array(memory);
  const floats = new Float32Array(memory);
  let head = address >> 2;
  let at = head + stages.length * stageWords;
  const offset = ({ x, y, tilted }: Corner) => offsetOf(grid, x, y) + (tilted ? grid.tilted : 0);
  for (const { questions, low, high } of stages) {
    ints.fill(0, head, head + stageWords);
    floats[head + 4] = low;
    floats[head + 5] = high;
    ints[head + 6] = at * 4;
    for (const { shape, corners, threshold, leaf } of questions) {
      ints[head + shape] = (ints[head + shape] ?? 0) + 1;
      if (shape === 3) {
        floats[at++] = threshold;
        floats[at++] = leaf;
        ints[at++] = corners.length;
        for (const corner of corners) {
          ints[at++] = offset(corner);
          ints[at++] = corner.times;
        }
      } else {
        for (const corner of corners) ints[at++] = offset(corner);
        floats[at++] = threshold;
        floats[at++] = leaf;
      }
    }
    head += stageWords;
  }
}
