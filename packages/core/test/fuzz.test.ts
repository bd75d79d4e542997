import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz-run.js';

// FACEPIPE_FUZZ_SECONDS or FACEPIPE_FUZZ_CASES asks more cases, FACEPIPE_FUZZ_SEED others: the number of the first one
const { env } = process;
const seed = Number(env.FACEPIPE_FUZZ_SEED ?? 1);
const cases = Number(env.FACEPIPE_FUZZ_CASES ?? Number.POSITIVE_INFINITY);
const seconds = Number(
  env.FACEPIPE_FUZZ_SECONDS ?? (env.FACEPIPE_FUZZ_CASES ? Number.POSITIVE_INFINITY : 20),
);

test('spoilt cascades, images and options end in boxes or in a coded error', async (t) => {
  const { faults, ...result } = await fuzz({ seed, cases, seconds });
  t.diagnostic(`from ${seed}: ${JSON.stringify(result)}`);
  assert.equal(faults.length, 0, `${faults.length} faults\n${faults.join('\n')}`);
  assert.ok(result.cases > 0, 'no case was run');
});
