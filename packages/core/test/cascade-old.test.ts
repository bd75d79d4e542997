import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CascadeModel } from '../dist/cascade-model.js';
import { readCascade } from '../dist/cascade-read.js';
import { Flaw } from '../dist/xml.js';
import { oldXml } from './cascade-old.js';

const models = new URL('../../../models/', import.meta.url);

/** A cascade without the numbers of features and leaves, which the formats give in orders of their own. */
function meaning(model: CascadeModel) {
  return model.stages.map(({ threshold, trees }) => ({
    threshold,
    trees: trees.map(({ nodes, leaves }) =>
      nodes.map(({ left, right, feature, split }) => ({
        answers: nodes.length === 1 ? leaves : [left, right].map((to) => (to > 0 ? { to } : leaves[-to])),
        feature: model.features[feature],
        threshold: Math.fround(split[0] ?? 0),
      })),
    ),
  }));
}

test('every Haar cascade that is shipped says the same in the old format', () => {
  const files = readdirSync(models).filter((name) => /^haarcascade_.*xml$/.test(name));
  assert.ok(files.length >= 16);
  for (const file of files) {
    const model = readCascade(readFileSync(new URL(file, models), 'utf8'));
    const old = readCascade(oldXml(model));
    assert.deepEqual([old.width, old.height], [model.width, model.height]);
    assert.deepEqual(meaning(old), meaning(model), file);
  }
});

const rects = '<rects><_>0 0 4 4 -1.</_><_>0 2 4 2 2.</_></rects>';
const node = `<_><feature>${rects}<tilted>0</tilted></feature><threshold>0.5</threshold><left_val>1</left_val><right_val>-1</right_val></_>`;
const sound = `<opencv_storage><a type_id="opencv-haar-classifier"><size>20 16</size><stages><_><trees><_>${node}</_></trees><stage_threshold>0.1</stage_threshold></_></stages></a></opencv_storage>`;

test('an old cascade is checked as a new one is', () => {
  assert.equal(readCascade(sound).stages.length, 1);
  const flaws: [from: string, to: string, flaw: string][] = [
    ['20 16', '20', '<size> is not two integers from 3 to 1024'],
    ['20 16', '20 2000', '<size> is not two integers from 3 to 1024'],
    ['20 16', '20 16 3', '<size> is not two integers from 3 to 1024'],
    ['0 0 4 4', '18 0 4 4', 'a feature lies outside of the window'],
    ['<left_val>1</left_val>', '<left_node>0</left_node>', 'a tree has the wrong number of values'],
    ['<left_val>1</left_val>', '', '<_> has no <left_node>'],
    [
      '<threshold>0.5</threshold>',
      '<threshold>x</threshold>',
      '<threshold> holds something that is not a number',
    ],
    ['<stage_threshold>0.1</stage_threshold>', '', '<_> has no <stage_threshold>'],
    [`<trees><_>${node}</_></trees>`, '<trees></trees>', '<trees> is empty'],
  ];
  for (const [from, to, flaw] of flaws)
    assert.throws(() => readCascade(sound.replace(from, to)), new Flaw(flaw), `${from} → ${to}`);
});
