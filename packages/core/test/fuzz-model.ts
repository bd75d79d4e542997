import type {
  CascadeModel,
  HaarFeature,
  LbpFeature,
  Rectangle,
  Stage,
  Tree,
  TreeNode,
} from '../dist/cascade-model.js';
import type { Dice } from './fuzz-dice.js';

// Cascades that are sound, and that nobody ever trained: whatever an engine is told of them, all engines must agree on.

type HaarModel = CascadeModel & { kind: 'haar' };

function upright(dice: Dice, width: number, height: number): Rectangle {
  const [x, y] = [dice.between(0, width - 1), dice.between(0, height - 1)];
  return { x, y, width: dice.between(1, width - x), height: dice.between(1, height - y) };
}

/** Whatever lies inside when it is turned by 45°, or nothing: small windows have little room. */
function turned(dice: Dice, width: number, height: number): Rectangle | undefined {
  const [across, down] = [dice.between(1, width - 1), dice.between(1, height - 1)];
  const [most, deep] = [width - across - down, height - across - down];
  if (most < 0 || deep < 0) return undefined;
  return { x: down + dice.between(0, most), y: dice.between(0, deep), width: across, height: down };
}

function weightOf(dice: Dice, odd: boolean): number {
  if (odd) return dice.one([0.5, -1.5, 1 / 3, -0.1, dice.real(-4, 4), 1e-7, 2.5e6]);
  return dice.one([1, 2, 3, -1, -2, -3, 4, -7, 0, dice.between(-40, 40)]);
}

/** Parts of one rectangle that share its corners, as trained features have them. */
function parted(dice: Dice, width: number, height: number): HaarFeature | undefined {
  const whole = upright(dice, width, height);
  const parts = dice.one([2, 3, 4]);
  const [across, down] = [Math.floor(whole.width / parts), Math.floor(whole.height / parts)];
  const sign = dice.one([1, -1]);
  const all = (rect: Rectangle) => ({ ...rect, weight: -sign });
  if (dice.chance(50)) {
    if (across === 0) return undefined;
    const large = { ...whole, width: across * parts };
    const small = { ...whole, x: whole.x + across * (parts === 2 ? 0 : 1), width: across };
    return { rects: [all(large), { ...small, weight: sign * parts }], tilted: false };
  }
  if (parts === 2 && across > 0 && down > 0) {
    const quarter = { ...whole, width: across, height: down };
    const opposite = { ...quarter, x: whole.x + across, y: whole.y + down, weight: 2 * sign };
    const large = { ...whole, width: 2 * across, height: 2 * down };
    return { rects: [all(large), { ...quarter, weight: 2 * sign }, opposite], tilted: false };
  }
  if (down === 0) return undefined;
  const large = { ...whole, height: down * parts };
  return {
    rects: [all(large), { ...whole, y: whole.y + down, height: down, weight: sign * parts }],
    tilted: false,
  };
}

function haarFeature(dice: Dice, width: number, height: number, odd: boolean): HaarFeature {
  const trained = dice.chance(50) ? parted(dice, width, height) : undefined;
  if (trained) return trained;
  const tilted = dice.chance(35);
  const rects = dice.list(dice.between(1, 3), () => (tilted ? turned : upright)(dice, width, height));
  const sound = rects.filter((rect) => rect !== undefined);
  if (sound.length === 0) return haarFeature(dice, width, height, odd);
  return {
    rects: sound.map((rect) => ({ ...rect, weight: weightOf(dice, odd && dice.chance(50)) })),
    tilted,
  };
}

function lbpFeature(dice: Dice, width: number, height: number): LbpFeature {
  const rect = {
    width: dice.between(1, Math.floor(width / 3)),
    height: dice.between(1, Math.floor(height / 3)),
  };
  return {
    rect: {
      x: dice.between(0, width - 3 * rect.width),
      y: dice.between(0, height - 3 * rect.height),
      ...rect,
    },
  };
}

const word = (dice: Dice): number => (dice.between(0, 0xffff) << 16) | dice.between(0, 0xffff);

function splitOf(dice: Dice, kind: CascadeModel['kind']): number[] {
  if (kind === 'lbp') return dice.list(8, () => word(dice));
  return [
    dice.chance(85) ? dice.real(-0.2, 0.2) : dice.one([0, -0, 1e-42, -1e-42, 1e-3, 5, -5, 1e30, -1e30]),
  ];
}

/** Tenths add up to sums that float32 rounds and double does not quite: what doubtful lanes are for. */
function leafOf(dice: Dice): number {
  return dice.one([dice.real(-1, 1), dice.between(-10, 10) / 10, dice.between(-2, 2), 0.1]);
}

function treeOf(dice: Dice, kind: CascadeModel['kind'], features: number): Tree {
  const count = dice.chance(60) ? 1 : dice.one([1, 2, 2, 3, 4, 7, 15]);
  const leads = (from: number): number =>
    from + 1 < count && dice.chance(50) ? dice.between(from + 1, count - 1) : -dice.between(0, count);
  const nodes = dice.list(count, (index): TreeNode => {
    const next = index + 1 < count && dice.chance(70) ? index + 1 : leads(index);
    const [left, right] = dice.chance(50) ? [next, leads(index)] : [leads(index), next];
    return { left, right, feature: dice.between(0, features - 1), split: splitOf(dice, kind) };
  });
  return { nodes, leaves: dice.list(count + 1, () => leafOf(dice)) };
}

/** Leaves in tenths that add up to the threshold, or nearly: only the exact code can tell on which side they are. */
function tiedStage(dice: Dice, trees: Tree[]): Stage {
  const tenths = dice.one([1, 10]);
  const tied = trees.map((tree) => ({
    ...tree,
    leaves: tree.leaves.map(() => dice.between(-tenths, tenths) / 10),
  }));
  const threshold = dice.between(-trees.length, 1) / 10;
  // OpenCV takes 1e-5 off
  return { threshold: threshold + dice.one([0, 1e-5, 1e-5, 1.001e-5]), trees: tied };
}

function stageOf(dice: Dice, kind: CascadeModel['kind'], features: number): Stage {
  const count = dice.one([1, 1, 2, 3, 5, 9, 20, 40]);
  const trees = dice.list(count, () => treeOf(dice, kind, features));
  if (dice.chance(30)) return tiedStage(dice, trees);
  // so that some windows pass and some do not
  const threshold = dice.one([-1, -0.8, -0.5, -0.3, -0.1, 0, 0.1]) * Math.ceil(Math.sqrt(count));
  return { threshold: dice.chance(70) ? threshold : threshold + dice.real(-0.5, 0.5), trees };
}

function side(dice: Dice): number {
  if (dice.chance(88)) return dice.between(6, 32);
  return dice.chance(85) ? dice.between(3, 90) : dice.between(200, 400);
}

/** A cascade made up from nothing. */
export function inventedModel(dice: Dice): CascadeModel {
  const [width, height] = [side(dice), side(dice)];
  const count = dice.between(1, 25);
  const model = <K extends CascadeModel['kind']>(kind: K) => ({
    ...{ kind, width, height },
    stages: dice.list(dice.one([1, 1, 2, 2, 3, 4, 6]), () => stageOf(dice, kind, count)),
  });
  if (dice.chance(12))
    return { ...model('lbp'), features: dice.list(count, () => lbpFeature(dice, width, height)) };
  const odd = dice.chance(25);
  return { ...model('haar'), features: dice.list(count, () => haarFeature(dice, width, height, odd)) };
}

/** The first stages of a cascade, with the features they use. */
export function firstStages(model: CascadeModel, count: number): CascadeModel {
  const used = new Map<number, number>();
  const stages = model.stages.slice(0, count).map(({ threshold, trees }) => ({
    threshold,
    trees: trees.map(({ nodes, leaves }) => ({
      nodes: nodes.map((node) => {
        const feature = used.get(node.feature) ?? used.size;
        used.set(node.feature, feature);
        return { ...node, feature };
      }),
      leaves: [...leaves],
    })),
  }));
  const kept = <F>(features: F[]): F[] => [...used.keys()].map((index) => features[index] as F);
  return model.kind === 'haar'
    ? { ...model, stages, features: kept(model.features) }
    : { ...model, stages, features: kept(model.features) };
}

function disturbedFeature(dice: Dice, feature: HaarFeature, model: HaarModel): HaarFeature {
  const { width, height } = model;
  if (dice.chance(30)) return haarFeature(dice, width, height, dice.chance(20));
  const rects = feature.rects.map((rect) => {
    if (dice.chance(40)) return { ...rect, weight: weightOf(dice, dice.chance(10)) };
    const place = feature.tilted ? turned(dice, width, height) : upright(dice, width, height);
    return { ...rect, ...place };
  });
  return { ...feature, rects };
}

/** A trained cascade with some of its numbers changed, still sound. */
export function disturbedModel(dice: Dice, trained: CascadeModel): CascadeModel {
  const model = structuredClone(firstStages(trained, dice.between(1, dice.chance(80) ? 6 : 60)));
  const percent = dice.one([0, 1, 5, 30]);
  for (const stage of model.stages) {
    if (dice.chance(50)) stage.threshold -= dice.real(0, 3);
    stage.trees = stage.trees.map((tree) => {
      if (dice.chance(percent / 4)) return treeOf(dice, model.kind, model.features.length);
      for (const node of tree.nodes) if (dice.chance(percent)) node.split = splitOf(dice, model.kind);
      return { ...tree, leaves: tree.leaves.map((leaf) => (dice.chance(percent) ? leafOf(dice) : leaf)) };
    });
  }
  if (model.kind === 'haar') {
    model.features = model.features.map((feature) =>
      dice.chance(percent) ? disturbedFeature(dice, feature, model) : feature,
    );
  }
  if (dice.chance(10)) model.stages.push(...structuredClone(model.stages.slice(0, 2)));
  return model;
}

/**
 * The same cascade for the exact code alone: every stage has one tree more, whose leaves are 0 and whose weights, no
 * integers, are nothing that vectors know.
 */
export function exactOnly(model: HaarModel): HaarModel {
  const rect = { x: 0, y: 0, width: 1, height: 1, weight: 0.3 };
  const tree = {
    nodes: [{ left: 0, right: -1, feature: model.features.length, split: [0] }],
    leaves: [0, 0],
  };
  return {
    ...model,
    stages: model.stages.map((stage) => ({ ...stage, trees: [...stage.trees, tree] })),
    features: [...model.features, { rects: [rect], tilted: false }],
  };
}
