import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadCascade } from '../dist/cascade.js';
import { readCascade } from '../dist/cascade-read.js';
import { Flaw } from '../dist/xml.js';

/** One stage, one tree, one feature: the smallest cascade there is. */
const small = `<?xml version="1.0"?>
<!-- <html> in a comment is nothing -->
<opencv_storage>
<cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType>
  <featureType>HAAR</featureType>
  <height>24</height>
  <width>20</width>
  <featureParams><maxCatCount>0</maxCatCount></featureParams>
  <stageNum>1</stageNum>
  <stages>
    <_><stageThreshold>-5.0e-01</stageThreshold>
      <weakClassifiers>
        <_><internalNodes>0 -1 0 -3.15e-02</internalNodes>
          <leafValues>2. -2.5</leafValues></_></weakClassifiers></_></stages>
  <features>
    <_><rects><_>6 4 12 9 -1.</_><_>6 7 12 3 3.</_></rects>
      <tilted>0</tilted></_></features></cascade>
</opencv_storage>
`;

test('the smallest cascade is read', () => {
  assert.deepEqual(readCascade(small), {
    kind: 'haar',
    width: 20,
    height: 24,
    stages: [
      {
        threshold: -0.5,
        trees: [{ nodes: [{ left: 0, right: -1, feature: 0, split: [-0.0315] }], leaves: [2, -2.5] }],
      },
    ],
    features: [
      {
        rects: [
          { x: 6, y: 4, width: 12, height: 9, weight: -1 },
          { x: 6, y: 7, width: 12, height: 3, weight: 3 },
        ],
        tilted: false,
      },
    ],
  });
});

const foreign: [string, string][] = [
  ['', 'it is empty'],
  [' \n', 'it is empty'],
  ['\u0000\u0000\u0000', 'it is not an XML document'],
  ['%YAML:1.0', 'it is not an XML document'],
  ['{"width":24}', 'it is not an XML document'],
  ['<!DOCTYPE html><html></html>', 'it is a page of HTML and not the file'],
  ['<html><body>Not found</body></html>', 'it is a page of HTML and not the file'],
  ['<?xml version="1.0"?><!DOCTYPE x><x/>', 'it is a document with a DOCTYPE'],
  ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'its root is <svg> and not <opencv_storage>'],
  ['<opencv_storage/>', '<opencv_storage> is empty'],
  ['<opencv_storage></opencv_storage><a/>', 'it is not an XML document'],
  [
    '<opencv_storage><plates type_id="opencv-haar-classifier"><size>64 16</size></plates></opencv_storage>',
    '<plates> has no <stages>',
  ],
  [
    '<opencv_storage><M type_id="opencv-matrix"><rows>3</rows></M></opencv_storage>',
    'it holds data of type opencv-matrix',
  ],
];

for (const [source, flaw] of foreign) {
  test(`foreign: ${flaw} (${JSON.stringify(source.slice(0, 20))})`, () => {
    assert.throws(() => readCascade(source), new Flaw(flaw));
  });
}

const broken: [string, string, string][] = [
  ['BOOST', 'FOREST', 'its stages are of type FOREST and not BOOST'],
  ['HAAR', 'HOG', 'its features are of type HOG'],
  ['HAAR', 'LBP', '<maxCatCount> is not an integer from 256 to 256'],
  ['<width>20', '<width>1e9', '<width> is not an integer from 3 to 1024'],
  ['<width>20</width>', '', '<cascade> has no <width>'],
  ['<height>24', '<height>24.5', '<height> is not an integer from 3 to 1024'],
  ['<height>24', '<height>', '<height> holds something that is not a number'],
  ['-3.15e-02', 'nan', '<internalNodes> holds something that is not a number'],
  ['-3.15e-02', '', 'a tree has the wrong number of values'],
  ['2. -2.5', '2.', 'a tree has the wrong number of values'],
  ['0 -1 0', '0 -1 1', 'a tree uses feature 1 of 1'],
  ['0 -1 0', '0 -1 -1', 'a tree uses feature -1 of 1'],
  ['0 -1 0', '0 -2 0', 'a tree leads to a node that is not there'],
  ['0 -1 0', '1 -1 0', 'a tree leads to a node that is not there'],
  ['6 4 12 9 -1.', '9 4 12 9 -1.', 'a feature lies outside of the window'],
  ['6 4 12 9 -1.', '-6 4 12 9 -1.', 'a feature has a rectangle without integer place and size'],
  ['6 4 12 9 -1.', '6 4 12 -1.', 'a rectangle is not made of five numbers'],
  ['<tilted>0', '<tilted>1', 'a feature lies outside of the window'],
  ['<stageNum>1', '<stageNum>25', 'it announces 25 stages and has 1'],
  ['<stages>', '<stages><!-- ', 'it is cut off inside <stages>'],
  ['</weakClassifiers>', '', '</_> closes nothing'],
  ['<leafValues>', '<leafValues', 'line 14 is not XML that OpenCV reads'],
];

for (const [sound, bad, flaw] of broken) {
  test(`broken: ${JSON.stringify(bad)} instead of ${JSON.stringify(sound)}: ${flaw}`, () => {
    assert.throws(() => readCascade(small.replace(sound, bad)), new Flaw(flaw));
  });
}

test('a tree that goes round in circles is refused', () => {
  const source = small.replace('0 -1 0 -3.15e-02', '1 0 0 0.5 1 -1 0 0.5').replace('2. -2.5', '1 2 3');
  assert.throws(() => readCascade(source), new Flaw('a tree leads to a node that is not there'));
});

test('a real file cut off anywhere is refused with one sentence', async () => {
  const xml = readFileSync(new URL('../../../models/lbpcascade_profileface.xml', import.meta.url));
  for (let end = 0; end < xml.length - '</opencv_storage>\n'.length; end += 997) {
    await assert.rejects(loadCascade(xml.subarray(0, end)), {
      code: 'FACEPIPE_E_CASCADE_INVALID',
      message: /^The cascade of \d+ bytes cannot be used: [^.\n]+\. Give an XML file [^.\n]+\.$/,
    });
  }
});

test('where a stump leads is not read, as OpenCV does not, unless other trees ask more', () => {
  const nodesOf = (source: string) => readCascade(source).stages[0]?.trees.map(({ nodes }) => nodes);
  const swapped = small.replace('0 -1 0 -3.15e-02', '-1 0 0 -3.15e-02');
  assert.deepEqual(nodesOf(swapped), nodesOf(small));
  const deeper = '<_><internalNodes>1 -1 0 0.5 -1 -2 0 0.5</internalNodes><leafValues>1 2 3</leafValues></_>';
  const mixed = nodesOf(swapped.replace('</weakClassifiers>', `${deeper}</weakClassifiers>`));
  assert.deepEqual(mixed?.[0], [{ left: -1, right: 0, feature: 0, split: [-0.0315] }]);
});

test('what takes more memory than any cascade is refused before it does', () => {
  const inside = (text: string) => () => readCascade(small.replace('<stages>', `${text}<stages>`));
  assert.throws(inside(' '.repeat(2 ** 23)), new Flaw('it has more than 8388608 characters'));
  assert.throws(inside('<_/>'.repeat(2 ** 19)), new Flaw('it has more than 524288 elements'));
  assert.throws(inside('<_>'.repeat(64)), new Flaw('its elements lie more than 64 deep'));
  assert.throws(inside(`<a${' b="c"'.repeat(10 ** 6)}/>`), new Flaw('line 10 is not XML that OpenCV reads'));
});

test('a flaw quotes a little of what it found', () => {
  const long = small.replaceAll('opencv_storage', 'x'.repeat(10_000));
  assert.throws(() => readCascade(long), { message: `its root is <${'x'.repeat(107)}…` });
});

test('what is not text is refused', async () => {
  for (const bytes of [Buffer.from(small, 'utf16le').subarray(1), new Uint8Array(1000).fill(0xff)]) {
    await assert.rejects(loadCascade(bytes), { code: 'FACEPIPE_E_CASCADE_INVALID' });
  }
});
