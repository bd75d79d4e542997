import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, decode, decodeBest } from '../dist/blaze-decode.js';
import { compileBlaze } from '../dist/blaze-module.js';
import { openNetwork } from '../dist/blaze-network.js';
import type { ModelName } from '../dist/blaze-source.js';
import { loadWeights } from '../dist/blaze-weights.js';
import { type Crop, randomCrops } from './blaze-crop.js';
import { openReference } from './blaze-reference.js';

/** Of numbers up to some hundreds: the sums are rounded in another order. */
const tolerance = 1e-3;

/**
 * Of `full` every number is compared. `short` has logits of −2000, where sums of large numbers cancel out and float32
 * itself is no better: of it what belongs to a score above e⁻¹⁰, which is all that anything reads.
 */
const minLogit: Readonly<Record<ModelName, number>> = { full: Number.NEGATIVE_INFINITY, short: -10 };

/** The numbers that belong to boxes, without the padding between them. */
function numbersOf(answers: readonly Answer[], kind: 'scores' | 'boxes'): number[] {
  return answers.flatMap((answer) => {
    const { channels } = kind === 'scores' ? answer.scoreShape : answer.boxShape;
    const used = answer.head.anchors * (kind === 'scores' ? 1 : 16);
    return [...answer[kind]].filter((_, index) => index % channels < used);
  });
}

function differences(
  answers: readonly Answer[],
  { scores, boxes }: { scores: Float32Array; boxes: Float32Array },
  least: number,
): number[] {
  const logits = numbersOf(answers, 'scores');
  const places = numbersOf(answers, 'boxes');
  assert.equal(logits.length, scores.length);
  assert.equal(places.length, boxes.length);
  const cut = (value: number | undefined) => Math.max(value ?? 0, least);
  return [
    ...logits.map((value, index) => Math.abs(cut(value) - cut(scores[index]))),
    ...places.map((value, index) =>
      (scores[index >> 4] ?? 0) >= least ? Math.abs(value - (boxes[index] ?? 0)) : 0,
    ),
  ];
}

/** The same boxes from the reference's numbers: laid out as the kernel's, without padding. */
function boxesOf(
  answers: readonly Answer[],
  scores: Float32Array,
  boxes: Float32Array,
  crop: Crop,
  size: Size,
) {
  let place = 0;
  const theirs = answers.map((answer) => {
    const count = (size.width >> answer.scoreShape.level) * (size.height >> answer.scoreShape.level);
    const { anchors } = answer.head;
    const from = place;
    place += count * anchors;
    return {
      head: answer.head,
      scores: scores.subarray(from, place),
      scoreShape: { ...answer.scoreShape, channels: anchors },
      boxes: boxes.subarray(16 * from, 16 * place),
      boxShape: { ...answer.boxShape, channels: 16 * anchors },
    };
  });
  return decode(theirs, size, crop.region, 0.3);
}

interface Size {
  width: number;
  height: number;
}

const runs: [model: ModelName, size: Size, crops: number][] = [
  ['full', { width: 96, height: 96 }, 80],
  ['short', { width: 96, height: 96 }, 60],
  ['full', { width: 192, height: 160 }, 30],
  ['short', { width: 256, height: 192 }, 30],
  // at its smallest the deepest layers have two pixels a side
  ['full', { width: 64, height: 64 }, 40],
  ['short', { width: 64, height: 128 }, 40],
];

for (const [model, size, count] of runs) {
  const { width, height } = size;
  test(`${model} at ${width}×${height}: every number as onnxruntime has it, and the same boxes`, async (t) => {
    const runner = await openNetwork(await loadWeights(model), await compileBlaze());
    const reference = await openReference(model, width, height);
    let most = 0;
    let found = 0;
    for (const crop of await randomCrops(width, count, width / height)) {
      const answers = runner.run(crop.image, crop.region, width, height);
      const { scores, boxes } = await reference(crop);
      for (const difference of differences(answers, { scores, boxes }, minLogit[model]))
        most = Math.max(most, difference);
      assert.ok(most <= tolerance, `${most} at ${JSON.stringify(crop.region)}`);
      const ours = decode(answers, size, crop.region, 0.3);
      const theirs = boxesOf(answers, scores, boxes, crop, size);
      const isFit = ({ x }: { x: number }) => x > crop.region.x + crop.region.width / 3;
      const fit = ours.filter(isFit).toSorted((a, b) => b.score - a.score);
      assert.deepEqual(decodeBest(answers, size, crop.region, 0.3, isFit), fit[0]);
      found += ours.length;
      assert.ok(ours.length === theirs.length, `${ours.length} boxes and ${theirs.length}`);
      for (const [index, one] of ours.entries()) {
        const other = theirs[index];
        const off = other
          ? [one.x - other.x, one.y - other.y, one.width - other.width, one.height - other.height]
          : [1];
        assert.ok(
          off.every((value) => Math.abs(value) < 0.02),
          `${off} pixels off`,
        );
      }
    }
    t.diagnostic(`largest difference ${most.toExponential(1)}, ${found} boxes in ${count} pictures`);
    assert.ok(found > count / 4, 'hardly a face was looked at');
  });
}
