import { flags, mark } from './cascade-compact.js';
import type { CascadeModel } from './cascade-model.js';

type Section = Float32Array | Int32Array | Uint16Array | Uint8Array;

const aligned = (bytes: number): number => Math.ceil(bytes / 4) * 4;

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
  const splits = nodes.flatMap((node) => node.split);
  const isHaar = kind === 'haar';
  const rects = isHaar
    ? model.features.flatMap((feature) => feature.rects)
    : model.features.map(({ rect }) => rect);
  const places = rects.flatMap((rect) => [rect.x, rect.y, rect.width, rect.height]);
  const isWide = Math.max(width, height) > 255;
  const counts = [stages.length, trees.length, nodes.length, features.length];
  return concatenate([
    Int32Array.of(mark, (isHaar ? 0 : flags.lbp) | (isWide ? flags.wide : 0), width, height, ...counts),
    Float32Array.from(stages, ({ threshold }) => threshold),
    Int32Array.from(stages, (stage) => stage.trees.length),
    Int32Array.from(trees, (tree) => tree.nodes.length),
    new Float32Array(trees.flatMap((tree) => tree.leaves)),
    Int32Array.from(nodes.flatMap(({ left, right, feature }) => [left, right, feature])),
    isHaar ? new Float32Array(splits) : Int32Array.from(splits),
    isHaar
      ? Uint8Array.from(model.features, (feature) => feature.rects.length * 2 + Number(feature.tilted))
      : new Uint8Array(),
    isWide ? Uint16Array.from(places) : Uint8Array.from(places),
    isHaar
      ? new Float32Array(model.features.flatMap((feature) => feature.rects.map(({ weight }) => weight)))
      : new Float32Array(),
  ]);
}
