import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Detectors, type Digest, difference, digestOf } from './sweep-answer.js';
import { sweepGroups } from './sweep-case.js';
import { sweptEngine } from './sweep-engine.js';
import { readSweepHeader, sweepRecords } from './sweep-golden.js';

const { opencv, seed, cases } = await readSweepHeader();

test(`${cases} cases as native OpenCV ${opencv} answered them`, async (t) => {
  const detectors = new Detectors(sweptEngine);
  t.after(() => detectors.close());
  const recordOf = await sweepRecords();
  const wrong: string[] = [];
  let asked = 0;
  let found = 0;
  for await (const group of sweepGroups(seed, cases)) {
    const record = recordOf(group);
    const { pixels, answers } = await detectors.group(group);
    assert.equal(pixels.readUInt32LE(), record.pixels, `other pixels for ${JSON.stringify(group.image)}`);
    for (const [index, answer] of answers.entries()) {
      const native: Digest | undefined = record.digests[index];
      assert.ok(native);
      const what = difference(digestOf(answer), native);
      if (what !== undefined) {
        const about = JSON.stringify({ image: group.image, case: group.cases[index] });
        wrong.push(`case ${asked + index}: ${what}: ${about}`);
      }
      if (native.count > 0) found++;
    }
    asked += answers.length;
  }
  assert.equal(asked, cases);
  assert.ok(found > cases / 15, `only ${found} cases have boxes`);
  const shown = wrong.slice(0, 20).join('\n');
  assert.equal(
    wrong.length,
    0,
    `${wrong.length} differ; node packages/core/golden/sweep.mjs --number N\n${shown}`,
  );
});
