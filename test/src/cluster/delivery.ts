import assert from 'node:assert/strict';
import { test } from 'node:test';
import { report, rowOf } from '../faults/report.js';
import { isGood, type Result, run } from '../faults/scenario.js';
import { createRandom } from '../support/random.js';
import { type Kind, startCluster } from './cluster.js';
import { strikes } from './strikes.js';

const form = process.env.FACEPIPE_CLUSTER === 'short' ? 'short' : 'long';
const seed = Number(process.env.FACEPIPE_FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Of names, for one of them. */
const words = (process.env.FACEPIPE_CLUSTER_WORDS ?? '').split(',').filter(Boolean);

/** Everything that a cluster has to bear, under load, and what became of every face. */
export function proveDelivery(kind: Kind): void {
  test(`a cluster of three: ${kind}, seed ${seed}`, { timeout: 3_600_000 }, async (t) => {
    const cluster = await startCluster(kind);
    t.after(() => cluster.stop());
    const results: Result[] = [];
    const modes = form === 'short' ? (['stored'] as const) : (['stored', 'acked'] as const);
    for (const mode of modes) {
      for (const scenario of strikes(cluster, mode, form)) {
        const name = `${scenario.fault} (${mode})`;
        if (!words.every((word) => name.includes(word))) continue;
        await t.test(name, async () => {
          await cluster.heal();
          const result = await run(scenario, createRandom(seed));
          results.push(result);
          console.log(rowOf(result));
          const { lost, wrong } = result;
          assert.ok(isGood(result), JSON.stringify({ lost: lost.slice(0, 5), wrong: wrong.slice(0, 5) }));
        });
      }
    }
    console.log(`\n${report(results)}\n`);
  });
}
