import {
  type CascadeModel,
  checkedTree,
  child,
  type HaarFeature,
  haarFeature,
  items,
  numbers,
  type Stage,
  type Tree,
} from './cascade-model.js';
import { type Element, Flaw } from './xml.js';

/**
 * Reads a cascade of the format that OpenCV wrote until 2.3 (type `opencv-haar-classifier`), and takes it for what
 * OpenCV 4 converts it to (modules/objdetect/src/cascadedetect_convert.cpp): each node has a feature of its own, and
 * leaves are numbered as they come. How stages follow each other is not read there, so not here.
 * @throws Flaw naming what is wrong.
 */
export function readOldCascade(cascade: Element): CascadeModel {
  const [width = 0, height = 0, more] = numbers(child(cascade, 'size'));
  const isSide = (side: number) => Number.isInteger(side) && side >= 3 && side <= 1024;
  if (more !== undefined || !isSide(width) || !isSide(height))
    throw new Flaw('<size> is not two integers from 3 to 1024');
  const features: HaarFeature[] = [];
  const stages = items(child(cascade, 'stages')).map((item): Stage => {
    const [threshold = Number.NaN] = numbers(child(item, 'stage_threshold'));
    const trees = items(child(item, 'trees')).map((one) => readTree(one, features, width, height));
    return { threshold, trees };
  });
  // where every tree has one question, OpenCV does not read where the answers lead
  const trees = stages.flatMap((stage) => stage.trees);
  if (trees.every(({ nodes }) => nodes.length === 1))
    for (const { nodes } of trees) for (const node of nodes) [node.left, node.right] = [0, -1];
  return { kind: 'haar', width, height, stages, features };
}

function readTree(item: Element, features: HaarFeature[], width: number, height: number): Tree {
  const leaves: number[] = [];
  const values = items(item).flatMap((node) => {
    const feature = features.push(haarFeature(child(node, 'feature'), width, height)) - 1;
    const [threshold = Number.NaN] = numbers(child(node, 'threshold'));
    // OpenCV keeps it in float32 on the way
    return [answer(node, 'left', leaves), answer(node, 'right', leaves), feature, Math.fround(threshold)];
  });
  return checkedTree(values, leaves, 1, features.length);
}

/** Where an answer leads: a leaf, which is added, or a later node. */
function answer(node: Element, side: 'left' | 'right', leaves: number[]): number {
  const value = node.children.find(({ name }) => name === `${side}_val`);
  if (!value) return numbers(child(node, `${side}_node`))[0] ?? Number.NaN;
  return -(leaves.push(numbers(value)[0] ?? Number.NaN) - 1);
}
