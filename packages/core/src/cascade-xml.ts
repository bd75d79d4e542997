import type { CascadeModel } from './cascade-model.js';

const item = (content: string): string => `<_>${content}</_>`;
const list = (name: string, items: readonly string[]): string =>
  `<${name}>${items.map(item).join('')}</${name}>`;

function featureXml(model: CascadeModel): string[] {
  if (model.kind === 'lbp') {
    return model.features.map(
      ({ rect: { x, y, width, height } }) => `<rect>${x} ${y} ${width} ${height}</rect>`,
    );
  }
  return model.features.map(({ rects, tilted }) => {
    // the point makes OpenCV read a number and not an integer
    const lines = rects.map(
      ({ x, y, width, height, weight }) => `${x} ${y} ${width} ${height} ${decimal(weight)}`,
    );
    return `${list('rects', lines)}<tilted>${Number(tilted)}</tilted>`;
  });
}

const decimal = (value: number): string => String(value).replace(/^-?\d+$/, '$&.');

/**
 * A cascade in OpenCV's own format, for an engine that reads nothing else. Shortest decimals that read back the same.
 */
export function writeCascade(model: CascadeModel): string {
  const { kind, width, height } = model;
  const write = kind === 'haar' ? decimal : String;
  const stages = model.stages.map(({ threshold, trees }) => {
    const weak = trees.map(({ nodes, leaves }) => {
      const questions = nodes.map(({ left, right, feature, split }) =>
        [left, right, feature, ...split.map(write)].join(' '),
      );
      return `<internalNodes>${questions.join(' ')}</internalNodes><leafValues>${leaves.map(decimal).join(' ')}</leafValues>`;
    });
    const count = `<maxWeakCount>${trees.length}</maxWeakCount>`;
    return `${count}<stageThreshold>${decimal(threshold)}</stageThreshold>${list('weakClassifiers', weak)}`;
  });
  const most = Math.max(...model.stages.map(({ trees }) => trees.length));
  return [
    '<?xml version="1.0"?><opencv_storage><cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType>',
    `<featureType>${kind.toUpperCase()}</featureType><height>${height}</height><width>${width}</width>`,
    `<stageParams><maxWeakCount>${most}</maxWeakCount></stageParams>`,
    `<featureParams><maxCatCount>${kind === 'lbp' ? 256 : 0}</maxCatCount></featureParams>`,
    `<stageNum>${stages.length}</stageNum>`,
    list('stages', stages),
    list('features', featureXml(model)),
    '</cascade></opencv_storage>',
  ].join('\n');
}
