import type { CascadeModel, HaarFeature, Rectangle, Tree } from '../dist/cascade-model.js';
import type { Dice } from './fuzz-dice.js';

// Cascades that are near the bounds of the kernel's filters: every kind of tree, leaf and threshold that they tell
// apart, alone and mixed.

export type HaarModel = CascadeModel & { kind: 'haar' };

/** What a family's stages are made of. */
export interface Family {
  name: string;
  window: (dice: Dice) => { width: number; height: number };
  feature: (dice: Dice, width: number, height: number) => HaarFeature;
  split: (dice: Dice) => number;
  leaf: (dice: Dice) => number;
  /** nodes of a tree, and of one of the first stage */
  nodes: (dice: Dice) => number;
  firstNodes?: (dice: Dice) => number;
  trees: (dice: Dice) => number;
  stages: (dice: Dice) => number;
  /** where thresholds lie between the worst and the best sum of leaves */
  share: [low: number, high: number];
}

type Weighted = Rectangle & { weight: number };

function inside(dice: Dice, width: number, height: number): Rectangle {
  const [x, y] = [dice.between(0, width - 1), dice.between(0, height - 1)];
  return { x, y, width: dice.between(1, width - x), height: dice.between(1, height - y) };
}

/** Two halves, three thirds or four quarters of a rectangle, as trained features are. */
export function partedFeature(dice: Dice, width: number, height: number): HaarFeature {
  const parts = dice.one([2, 3, 4]);
  const isWide = dice.chance(50);
  const unit = {
    width: dice.between(1, Math.max(1, Math.floor(width / (isWide || parts === 4 ? Math.min(parts, 3) : 1)))),
    height: dice.between(
      1,
      Math.max(1, Math.floor(height / (isWide && parts !== 4 ? 1 : Math.min(parts, 3)))),
    ),
  };
  const sign = dice.one([1, -1]);
  const [across, down] = parts === 4 ? [2, 2] : isWide ? [parts, 1] : [1, parts];
  const whole = { width: unit.width * across, height: unit.height * down };
  if (whole.width > width || whole.height > height) return partedFeature(dice, width, height);
  const x = dice.between(0, width - whole.width);
  const y = dice.between(0, height - whole.height);
  const all: Weighted = { x, y, ...whole, weight: -sign };
  const part = (column: number, row: number, weight: number): Weighted => ({
    ...{ x: x + column * unit.width, y: y + row * unit.height },
    ...unit,
    weight: weight * sign,
  });
  if (parts === 4) return { rects: [all, part(0, 0, 2), part(1, 1, 2)], tilted: false };
  const middle = parts === 3 ? 1 : dice.one([0, 1]);
  return { rects: [all, isWide ? part(middle, 0, parts) : part(0, middle, parts)], tilted: false };
}

/** Rectangles anywhere with any integer weights, some of which add up to nothing. */
export function freeFeature(dice: Dice, width: number, height: number): HaarFeature {
  const rects = dice.list(dice.between(1, 3), () => ({
    ...inside(dice, width, height),
    weight: dice.one([1, -1, 2, -2, 3, 9, -9, 40, -40, dice.between(-200, 200)]),
  }));
  const [first] = rects;
  if (first && dice.chance(10)) return { rects: [first, { ...first, weight: -first.weight }], tilted: false };
  return { rects, tilted: false };
}

/** Nothing at all: what its rectangles have, they take from each other. */
export function emptyFeature(dice: Dice, width: number, height: number): HaarFeature {
  const rect = inside(dice, width, height);
  return {
    rects: [
      { ...rect, weight: 2 },
      { ...rect, weight: -2 },
    ],
    tilted: false,
  };
}

export function tiltedFeature(dice: Dice, width: number, height: number): HaarFeature {
  const [across, down] = [dice.between(1, width - 1), dice.between(1, height - 1)];
  const [most, deep] = [width - across - down, height - across - down];
  if (most < 0 || deep < 0) return tiltedFeature(dice, width, height);
  const whole = { x: down + dice.between(0, most), y: dice.between(0, deep), width: across, height: down };
  return { rects: [{ ...whole, weight: dice.one([-1, 1, 3]) }], tilted: true };
}

export function anyFeature(dice: Dice, width: number, height: number): HaarFeature {
  const make = dice.one([partedFeature, partedFeature, partedFeature, freeFeature, tiltedFeature]);
  return make(dice, width, height);
}

/** Any way down, also past a question or to the same leaf twice. */
function treeOf(dice: Dice, family: Family, features: number, nodes: Family['nodes']): Tree {
  const count = nodes(dice);
  const leads = (from: number) =>
    from + 1 < count && dice.chance(50) ? dice.between(from + 1, count - 1) : -dice.between(0, count);
  return {
    nodes: dice.list(count, (index) => ({
      left: leads(index),
      right: leads(index),
      feature: dice.between(0, features - 1),
      split: [family.split(dice)],
    })),
    leaves: dice.list(count + 1, () => family.leaf(dice)),
  };
}

/** A threshold that lets a share of windows through. */
function thresholdFor(dice: Dice, trees: readonly Tree[], share: Family['share']): number {
  const best = trees.reduce((sum, { leaves }) => sum + Math.max(...leaves), 0);
  const worst = trees.reduce((sum, { leaves }) => sum + Math.min(...leaves), 0);
  if (dice.chance(15)) return dice.one([best, worst, best + 1e-5, 0, -0]);
  // as training leaves it: what the leaves of some windows add up to
  if (dice.chance(25))
    return trees.reduce((sum, { leaves }) => sum + dice.one(leaves), 0) + dice.one([0, 1e-5]);
  return worst + (best - worst) * dice.real(...share);
}

export function filterModel(dice: Dice, family: Family): HaarModel {
  const { width, height } = family.window(dice);
  const features = dice.list(dice.between(2, 20), () => family.feature(dice, width, height));
  const stages = dice.list(family.stages(dice), (stage) => {
    const nodes = (stage === 0 && family.firstNodes) || family.nodes;
    const trees = dice.list(family.trees(dice), () => treeOf(dice, family, features.length, nodes));
    return { threshold: thresholdFor(dice, trees, family.share), trees };
  });
  return { kind: 'haar', width, height, stages, features };
}
