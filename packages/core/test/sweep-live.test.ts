import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweptEngine } from './sweep-engine.js';
import { sweepLive } from './sweep-live.js';
import { withoutNative } from './sweep-native.js';

// other cases than the golden ones; FACEPIPE_SWEEP_CASES asks more of them, FACEPIPE_SWEEP_SEED others
const cases = Number(process.env.FACEPIPE_SWEEP_CASES ?? 1000);
const seed = Number(process.env.FACEPIPE_SWEEP_SEED ?? 7);

test(`${cases} cases as the OpenCV on this machine answers them`, { skip: withoutNative }, async (t) => {
  const { mismatches, ...result } = await sweepLive({ engine: sweptEngine, seed, cases });
  t.diagnostic(`${sweptEngine}: ${JSON.stringify(result)}`);
  assert.ok(result.cases >= cases && result.found > cases / 15, 'the images must have something to find');
  const shown = mismatches.slice(0, 20).map((mismatch) => JSON.stringify(mismatch));
  assert.equal(mismatches.length, 0, `${mismatches.length} of ${result.cases} differ\n${shown.join('\n')}`);
});
