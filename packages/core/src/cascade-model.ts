import { type Element, Flaw } from './xml.js';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A weighted sum of rectangles; tilted ones lie at 45° with (x, y) as their top corner. */
export interface HaarFeature {
  rects: (Rectangle & { weight: number })[];
  tilted: boolean;
}

/** A local binary pattern: the rectangle is the first of 3 × 3 equal cells. */
export interface LbpFeature {
  rect: Rectangle;
}

/** One question of a tree. `left` and `right`: a later node if positive, else the leaf at minus that index. */
export interface TreeNode {
  left: number;
  right: number;
  /** index into the cascade's features */
  feature: number;
  /** HAAR: left if the feature is less; LBP: the 256-bit set, as eight int32, of patterns that go left */
  split: number[];
}

export interface Tree {
  nodes: TreeNode[];
  leaves: number[];
}

/** A window passes when the leaves of its trees add up to the threshold. */
export interface Stage {
  threshold: number;
  trees: Tree[];
}

/** What a cascade file says, as in OpenCV's CascadeClassifierImpl::Data::read. Window and rectangles are in pixels. */
export type CascadeModel = { width: number; height: number; stages: Stage[] } & (
  | { kind: 'haar'; features: HaarFeature[] }
  | { kind: 'lbp'; features: LbpFeature[] }
);

export function child(parent: Element, name: string): Element {
  const found = parent.children.find((element) => element.name === name);
  if (!found) throw new Flaw(`<${parent.name}> has no <${name}>`);
  return found;
}

export function numbers(element: Element): number[] {
  const values = element.text.trim().split(/\s+/).map(Number);
  // Number('') is 0, so an empty element has to be told apart
  if (element.text.trim() === '' || !values.every(Number.isFinite)) {
    throw new Flaw(`<${element.name}> holds something that is not a number`);
  }
  // OpenCV keeps them in float32
  if (!values.every((value) => Number.isFinite(Math.fround(value)))) {
    throw new Flaw(`<${element.name}> holds a number that is too large`);
  }
  return values;
}

export function integer(element: Element, from: number, to: number): number {
  const [value, more] = numbers(element);
  if (value === undefined || more !== undefined || !Number.isInteger(value) || value < from || value > to) {
    throw new Flaw(`<${element.name}> is not an integer from ${from} to ${to}`);
  }
  return value;
}

export function items(parent: Element): Element[] {
  const found = parent.children.filter(({ name }) => name === '_');
  if (found.length === 0) throw new Flaw(`<${parent.name}> is empty`);
  return found;
}

function rectangle([x = -1, y = -1, width = 0, height = 0]: readonly number[]): Rectangle {
  if (![x, y, width, height].every(Number.isInteger) || x < 0 || y < 0 || width < 1 || height < 1) {
    throw new Flaw('a feature has a rectangle without integer place and size');
  }
  return { x, y, width, height };
}

function fits(inside: boolean): void {
  // OpenCV would read outside of its integral images
  if (!inside) throw new Flaw('a feature lies outside of the window');
}

export function haarFeature(item: Element, width: number, height: number): HaarFeature {
  const tilted = item.children.some(({ name, text }) => name === 'tilted' && Number(text) !== 0);
  const rects = items(child(item, 'rects')).map((element) => {
    const values = numbers(element);
    const weight = values[4];
    if (weight === undefined || values.length > 5) throw new Flaw('a rectangle is not made of five numbers');
    const rect = rectangle(values);
    if (tilted) {
      fits(
        rect.x >= rect.height && rect.x + rect.width <= width && rect.y + rect.width + rect.height <= height,
      );
    } else {
      fits(rect.x + rect.width <= width && rect.y + rect.height <= height);
    }
    return { ...rect, weight };
  });
  if (rects.length > 3) throw new Flaw('a feature has more than three rectangles');
  return { rects, tilted };
}

export function lbpFeature(item: Element, width: number, height: number): LbpFeature {
  const values = numbers(child(item, 'rect'));
  if (values.length !== 4) throw new Flaw('a rectangle is not made of four numbers');
  const rect = rectangle(values);
  fits(rect.x + 3 * rect.width <= width && rect.y + 3 * rect.height <= height);
  return { rect };
}

function tree(item: Element, split: number, features: number): Tree {
  return checkedTree(
    numbers(child(item, 'internalNodes')),
    numbers(child(item, 'leafValues')),
    split,
    features,
  );
}

/** @param values of each node: left, right, feature and `split` numbers */
export function checkedTree(
  values: readonly number[],
  leaves: number[],
  split: number,
  features: number,
): Tree {
  const count = values.length / (3 + split);
  if (!Number.isInteger(count) || leaves.length !== count + 1)
    throw new Flaw('a tree has the wrong number of values');
  // a child after its parent, or OpenCV would go round for ever
  const leads = (to: number, from: number) =>
    Number.isInteger(to) && (to > 0 ? to > from && to < count : -to < leaves.length);
  const nodes = Array.from({ length: count }, (_, index) => {
    const [left = 0, right = 0, feature = -1, ...rest] = values.slice(
      index * (3 + split),
      (index + 1) * (3 + split),
    );
    if (split === 8 && !rest.every((word) => Number.isInteger(word) && Math.abs(word) < 2 ** 32)) {
      throw new Flaw('a set of patterns is not made of integers');
    }
    if (!leads(left, index) || !leads(right, index))
      throw new Flaw('a tree leads to a node that is not there');
    if (!Number.isInteger(feature) || feature < 0 || feature >= features) {
      throw new Flaw(`a tree uses feature ${feature} of ${features}`);
    }
    return { left, right, feature, split: rest };
  });
  return { nodes, leaves };
}

export function stage(item: Element, split: number, features: number): Stage {
  const [threshold = Number.NaN] = numbers(child(item, 'stageThreshold'));
  return {
    threshold,
    trees: items(child(item, 'weakClassifiers')).map((weak) => tree(weak, split, features)),
  };
}
