import type { CascadeModel, HaarFeature, Stage, Tree } from './cascade-model.js';
import { stageThreshold } from './simd-program.js';

/** A pixel of the integral image (or the tilted one) and how often a feature takes it. In 16 bits the shape says how often. */
interface Corner {
  x: number;
  y: number;
  tilted: boolean;
  times: number;
}

/** How a feature is summed: 6, 8 or 9 corners in 16 bits, or any number in 32 bits. The order in a stage. */
type Shape = 0 | 1 | 2 | 3;

export interface Question {
  shape: Shape;
  corners: Corner[];
  threshold: number;
  /** the kernel asks the opposite */
  turned: boolean;
}

/** A question whose answers are leaves: what yes adds to `base`. */
export interface Stump {
  question: Question;
  leaf: number;
  base: number;
}

/** Where an answer leads: to the leaf or, from 0, to the tree's question of that number. */
type Branch = { leaf: number } | { node: number };

export interface Choice {
  question: Question;
  yes: Branch;
  no: Branch;
}

export interface VectorStage {
  /** of stumps, or */
  stumps: Stump[];
  /** of trees of which some have more than one question */
  trees: Choice[][];
  low: number;
  high: number;
}

/** A cascade in the form that assembly/vector.ts runs. */
export interface Vectors {
  stages: VectorStage[];
  words: number;
  /** 32 bytes each: what the questions of the largest stage of trees write */
  answers: number;
}

const { fround } = Math;
/** words of a stage's head */
export const stageWords = 8;
/** words of a leaf of a tree: once for each of eight windows */
export const leafWords = 8;
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
  const corners = new Map<number, Corner>();
  const add = (x: number, y: number, times: number) => {
    // windows are less than 2¹¹ pixels wide
    const key = y * 2 ** 12 + x;
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
function fits16({ rects, tilted }: HaarFeature): boolean {
  if (tilted) return false;
  // the rectangles' edges cut the window into fields of one weight each
  const columns = rects.flatMap(({ x, width }) => [x, x + width]).sort((a, b) => a - b);
  const rows = rects.flatMap(({ y, height }) => [y, y + height]).sort((a, b) => a - b);
  let most = 0;
  let least = 0;
  for (let i = 1; i < rows.length; i++) {
    const top = rows[i - 1] ?? 0;
    const height = (rows[i] ?? top) - top;
    if (height === 0) continue;
    for (let k = 1; k < columns.length; k++) {
      const left = columns[k - 1] ?? 0;
      const area = height * ((columns[k] ?? left) - left);
      if (area === 0) continue;
      let weight = 0;
      for (const rect of rects) {
        const inRows = top >= rect.y && top < rect.y + rect.height;
        if (inRows && left >= rect.x && left < rect.x + rect.width) weight += rect.weight;
      }
      if (weight > 0) most += weight * area;
      else least -= weight * area;
    }
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

/** The corners in the order of a pattern, counted with this sign, if they have it. */
function arranged(
  corners: readonly Corner[],
  pattern: readonly number[],
  sign: 1 | -1,
): Corner[] | undefined {
  const rest = [...corners];
  const found: Corner[] = [];
  for (const times of pattern) {
    const at = rest.findIndex((corner) => corner.times === times * sign);
    const corner = rest[at];
    if (corner === undefined) return undefined;
    found.push(corner);
    rest.splice(at, 1);
  }
  return found;
}

function questionOf(feature: HaarFeature, split: number): Question {
  const corners = cornersOf(feature);
  const threshold = fround(split);
  const shape = patterns.findIndex((pattern) => pattern.length === corners.length);
  const pattern = patterns[shape];
  if (pattern && fits16(feature)) {
    const straight = arranged(corners, pattern, 1);
    if (straight) return { shape: shape as Shape, corners: straight, threshold, turned: false };
    const turned = arranged(corners, pattern, -1);
    // not v < t is -v <= -t, which in float32 is -v < the number after -t
    if (turned)
      return { shape: shape as Shape, corners: turned, threshold: nextUp(-threshold), turned: true };
  }
  return { shape: 3, corners, threshold, turned: false };
}

function choicesOf({ nodes, leaves }: Tree, features: readonly HaarFeature[]): Choice[] | undefined {
  const branch = (to: number): Branch => (to > 0 ? { node: to } : { leaf: fround(leaves[-to] ?? 0) });
  const choices: Choice[] = [];
  for (const node of nodes) {
    const feature = features[node.feature];
    if (!feature || !isInteger(feature)) return undefined;
    const question = questionOf(feature, node.split[0] ?? 0);
    const [less, more] = [branch(node.left), branch(node.right)];
    choices.push({ question, yes: question.turned ? more : less, no: question.turned ? less : more });
  }
  return choices;
}

function stumpOf([choice, second]: readonly Choice[]): Stump | undefined {
  if (!choice || second || !('leaf' in choice.yes) || !('leaf' in choice.no)) return undefined;
  const base = choice.no.leaf;
  return { question: choice.question, leaf: fround(choice.yes.leaf - base), base };
}

/** The largest leaf, without its sign. */
function extent(tree: readonly Choice[]): number {
  return Math.max(
    ...tree.flatMap(({ yes, no }) => [yes, no]).map((to) => ('leaf' in to ? Math.abs(to.leaf) : 0)),
  );
}

/**
 * Bounds on either side of the threshold that the rounding errors of the kernel's float32 sum cannot cross: in parts of
 * 2⁻²⁴ of a partial sum once for each sum, of each leaf once, and of a bound once.
 */
function bounds(
  middle: number,
  largest: number,
  sums: number,
  leaves: number,
): { low: number; high: number } | undefined {
  const error = (largest * sums + leaves + 2 * Math.abs(middle)) * 2 ** -24;
  if (!(error < 2 ** 60)) return undefined;
  return { low: fround(middle - error), high: fround(middle + error) };
}

function vectorStage(stage: Stage, features: readonly HaarFeature[]): VectorStage | undefined {
  const trees: Choice[][] = [];
  const stumps: Stump[] = [];
  for (const tree of stage.trees) {
    const choices = choicesOf(tree, features);
    if (!choices) return undefined;
    trees.push(choices);
    const stump = stumpOf(choices);
    if (stump) stumps.push(stump);
  }
  const threshold = stageThreshold(stage.threshold);
  if (stumps.length < trees.length) {
    const leaves = trees.reduce((sum, tree) => sum + extent(tree), 0);
    const limits = bounds(threshold, leaves, trees.length, leaves);
    return limits && { stumps: [], trees, ...limits };
  }
  const [more, less] = [0, 1].map((sign) =>
    stumps.reduce((sum, { leaf }) => sum + Math.max(sign ? -leaf : leaf, 0), 0),
  ) as [number, number];
  const base = stumps.reduce((sum, stump) => sum + stump.base, 0);
  const limits = bounds(threshold - base, Math.max(more, less), stumps.length, more + less);
  return (
    limits && { stumps: stumps.sort((a, b) => a.question.shape - b.question.shape), trees: [], ...limits }
  );
}

/** Without leaves. */
function questionWords({ shape, corners }: Question): number {
  return shape === 3 ? 2 + 2 * corners.length : 1 + corners.length;
}

function stageSize({ stumps, trees }: VectorStage): number {
  const ofStumps = stumps.reduce((sum, { question }) => sum + questionWords(question) + 1, 0);
  if (trees.length === 0) return stageWords + ofStumps;
  const choices = trees.flat();
  // for each a question, a choice and at most two leaves
  const ofTrees = choices.reduce((sum, { question }) => sum + questionWords(question) + 4 + 2 * leafWords, 0);
  return 2 * stageWords + 1 + ofTrees + leafWords;
}

/** The vector form of a cascade, if it has one: HAAR with integer weights. */
export function vectorsOf(model: CascadeModel): Vectors | undefined {
  if (model.kind !== 'haar') return undefined;
  const stages: VectorStage[] = [];
  for (const stage of model.stages) {
    const vector = vectorStage(stage, model.features);
    if (!vector) return undefined;
    stages.push(vector);
  }
  const words = stages.reduce((sum, stage) => sum + stageSize(stage), 0);
  // what each question answers and, in the worst case, what its choice makes of it
  return { stages, words, answers: 2 * Math.max(...stages.map(({ trees }) => trees.flat().length)) };
}
