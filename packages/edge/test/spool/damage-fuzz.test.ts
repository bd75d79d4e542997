import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRandom } from '../../dist/source/random.js';
import { copySpool, damageCase, type Known, makeSpool } from './damage.js';

// FACEPIPE_FUZZ_SECONDS or FACEPIPE_FUZZ_CASES asks more cases, FACEPIPE_FUZZ_SEED others: the number of the first one
const { env } = process;
const seed = Number(env.FACEPIPE_FUZZ_SEED ?? 1);
const cases = Number(env.FACEPIPE_FUZZ_CASES ?? Number.POSITIVE_INFINITY);
const seconds = Number(
  env.FACEPIPE_FUZZ_SECONDS ?? (env.FACEPIPE_FUZZ_CASES ? Number.POSITIVE_INFINITY : 10),
);
/** Cases of one spool. */
const perSpool = 20;

test('one or two damages at once: no other face, none lost untold, no number twice', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-damage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const until = performance.now() + seconds * 1000;
  const outcomes: Record<string, number> = {};
  let done = 0;
  let base: { turn: number; path: string; known: Known } | undefined;
  for (let number = seed; done < cases && (done === 0 || performance.now() < until); number++, done++) {
    const turn = Math.floor(number / perSpool);
    if (base?.turn !== turn) {
      const path = join(folder, 'base');
      rmSync(path, { recursive: true, force: true });
      base = { turn, path, known: await makeSpool(path, createRandom(turn)) };
    }
    const path = join(folder, 'case');
    try {
      const outcome = await damageCase(base.path, base.known, path, number);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      const saved = join(tmpdir(), `facepipe-damage-${number}`);
      copySpool(base.path, saved);
      const again = `FACEPIPE_FUZZ_SEED=${number} FACEPIPE_FUZZ_CASES=1 node test/run.mjs damage-fuzz`;
      throw new Error(`case ${number}: again: ${again}; the spool before: ${saved}`, { cause: error });
    }
  }
  assert.ok(done > 0, 'no case was run');
  t.diagnostic(`${done} cases from ${seed}: ${JSON.stringify(outcomes)}`);
});
