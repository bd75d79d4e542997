// Of each feature what the programs of stages are made from, worked out once: its shape, its range, its corners.
import { featureCount, isTilted, nodeFeature } from './cascade';
import { ANY_SHAPE, arrange, KEPT_BYTES, keepCorners } from './corner';
import { isInteger, rangeOf } from './range';

/** for each feature: the order of its corners, a bound of its sum, its corners */
let orders: usize = 0;
let ranges: usize = 0;
let corners: usize = 0;

export const FEATURE_BYTES: usize = 1 + 4 + KEPT_BYTES;

/** Makes the tables of all features at `to`, and answers their end. False in `known` if a feature has other weights. */
export function findFeatures(to: usize): usize {
  orders = to;
  ranges = (to + featureCount + 3) & ~3;
  corners = ranges + ((<usize>featureCount) << 2);
  known = true;
  for (let feature: u32 = 0; known && feature < featureCount; feature++) {
    known = isInteger(feature);
    if (!known) break;
    store<u8>(orders + feature, arrange(feature));
    keepCorners(corners + feature * KEPT_BYTES);
    // an integer below 2²⁴
    store<u32>(ranges + ((<usize>feature) << 2), <u32>rangeOf(feature));
  }
  return corners + featureCount * KEPT_BYTES;
}

/** Tables where no feature has a shape to be found: patterns of LBP. Answers their end. */
export function plainFeatures(to: usize): usize {
  orders = to;
  ranges = (to + featureCount + 3) & ~3;
  memory.fill(to, 0, featureCount * 5 + 3);
  return ranges + ((<usize>featureCount) << 2);
}

/** Whether all features have integer weights, so that the tables are whole. */
export let known: bool = false;

/** The shape of the node's feature whatever its range, and TURNED if it is. */
export function orderAt(node: u32): i32 {
  return load<u8>(orders + nodeFeature(node));
}

/** The absolute value of the node's feature is at most this. */
export function rangeAt(node: u32): i32 {
  return load<i32>(ranges + ((<usize>nodeFeature(node)) << 2));
}

/** The shape of the node's feature where 16 bits hold its sum, and TURNED if it is. */
export function shapeAt(node: u32): i32 {
  return rangeAt(node) < 1 << 15 ? orderAt(node) : ANY_SHAPE;
}

/** The corners of the node's feature as corner.ts keeps them. */
export function cornersAt(node: u32): usize {
  return corners + nodeFeature(node) * KEPT_BYTES;
}

export function isTiltedAt(node: u32): bool {
  return isTilted(nodeFeature(node));
}
