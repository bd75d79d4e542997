import assert from 'node:assert/strict';
import type { CascadeModel, HaarFeature, Tree } from '../dist/cascade-model.js';

function featureXml({ rects, tilted }: HaarFeature): string {
  const lines = rects.map((r) => `<_>${r.x} ${r.y} ${r.width} ${r.height} ${r.weight}</_>`);
  return `<feature><rects>${lines.join('')}</rects><tilted>${Number(tilted)}</tilted></feature>`;
}

function treeXml({ nodes, leaves }: Tree, features: readonly HaarFeature[]): string {
  const side = (name: string, to: number) =>
    to > 0 ? `<${name}_node>${to}</${name}_node>` : `<${name}_val>${leaves[-to]}</${name}_val>`;
  return nodes
    .map(({ left, right, feature, split }) => {
      const found = features[feature];
      assert.ok(found);
      return `<_>${featureXml(found)}<threshold>${split[0]}</threshold>${side('left', left)}${side('right', right)}</_>`;
    })
    .join('');
}

/** A Haar cascade in the format that OpenCV wrote until 2.3. */
export function oldXml(model: CascadeModel): string {
  assert.ok(model.kind === 'haar');
  const stages = model.stages.map(({ threshold, trees }, index) => {
    const inside = trees.map((tree) => `<_><!-- tree -->${treeXml(tree, model.features)}</_>`).join('');
    return `<_><trees>${inside}</trees><stage_threshold>${threshold}</stage_threshold><parent>${index - 1}</parent><next>-1</next></_>`;
  });
  return `<?xml version="1.0"?>\n<opencv_storage><old type_id="opencv-haar-classifier"><size>${model.width} ${model.height}</size>
    <stages>${stages.join('')}</stages></old></opencv_storage>`;
}
