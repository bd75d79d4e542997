import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './run.js';

// FACEPIPE_FUZZ_SECONDS or FACEPIPE_FUZZ_CASES asks more cases, FACEPIPE_FUZZ_SEED others: the number of the first one
const { env } = process;
const seed = Number(env.FACEPIPE_FUZZ_SEED ?? 1);
const cases = Number(env.FACEPIPE_FUZZ_CASES ?? Number.POSITIVE_INFINITY);
const seconds = Number(env.FACEPIPE_FUZZ_SECONDS ?? (env.FACEPIPE_FUZZ_CASES ? Number.POSITIVE_INFINITY : 5));

test('spoilt messages, camera streams and records end in what was sent, in nothing or in a coded error', async (t) => {
  const { fault, ...result } = await fuzz({ seed, cases, seconds });
  t.diagnostic(`from ${seed}: ${JSON.stringify(result)}`);
  const again = `FACEPIPE_FUZZ_SEED=${fault?.number} FACEPIPE_FUZZ_CASES=1 node test/run.mjs fuzz-network`;
  assert.ok(!fault, `case ${fault?.number}: ${fault?.what}\n  again: ${again}`);
  assert.ok(result.cases > 0, 'no case was run');
});
