import { type CascadeModel, child, haarFeature, integer, items, lbpFeature, stage } from './cascade-model.js';
import { readOldCascade } from './cascade-old.js';
import { type Element, Flaw, readXml } from './xml.js';

function cascadeElement(root: Element): Element {
  if (root.name !== 'opencv_storage') throw new Flaw(`its root is <${root.name}> and not <opencv_storage>`);
  const [first] = root.children;
  if (!first) throw new Flaw('<opencv_storage> is empty');
  const types = ['opencv-cascade-classifier', 'opencv-haar-classifier'];
  if (first.type !== undefined && !types.includes(first.type)) {
    throw new Flaw(`it holds data of type ${first.type}`);
  }
  return first;
}

/**
 * Reads a whole cascade and checks that every index and rectangle leads somewhere, for an engine trusts them.
 * @throws Flaw naming what is wrong.
 */
export function readCascade(source: string): CascadeModel {
  if (source.trim() === '') throw new Flaw('it is empty');
  const cascade = cascadeElement(readXml(source));
  if (cascade.type === 'opencv-haar-classifier') return readOldCascade(cascade);
  const text = (name: string) => child(cascade, name).text.trim();
  if (text('stageType') !== 'BOOST')
    throw new Flaw(`its stages are of type ${text('stageType')} and not BOOST`);
  const kind = text('featureType').toLowerCase();
  if (kind !== 'haar' && kind !== 'lbp') throw new Flaw(`its features are of type ${text('featureType')}`);
  // 2¹⁰: larger windows exist nowhere, and sizes beyond would overflow an engine's sums
  const width = integer(child(cascade, 'width'), 3, 1024);
  const height = integer(child(cascade, 'height'), 3, 1024);
  const categories = kind === 'lbp' ? 256 : 0;
  integer(child(child(cascade, 'featureParams'), 'maxCatCount'), categories, categories);

  const featureItems = items(child(cascade, 'features'));
  const split = kind === 'lbp' ? 8 : 1;
  const stages = items(child(cascade, 'stages')).map((item) => stage(item, split, featureItems.length));
  // where every tree has one question, OpenCV does not read where the answers lead
  const trees = stages.flatMap((one) => one.trees);
  const stumps = trees.every(({ nodes }) => nodes.length === 1) ? trees.flatMap(({ nodes }) => nodes) : [];
  for (const stump of stumps) [stump.left, stump.right] = [0, -1];
  const announced = cascade.children.find(({ name }) => name === 'stageNum');
  if (announced && Number(announced.text) !== stages.length) {
    throw new Flaw(`it announces ${announced.text.trim()} stages and has ${stages.length}`);
  }
  return kind === 'haar'
    ? { kind, width, height, stages, features: featureItems.map((item) => haarFeature(item, width, height)) }
    : { kind, width, height, stages, features: featureItems.map((item) => lbpFeature(item, width, height)) };
}
