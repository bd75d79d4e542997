import { writeFileSync } from 'node:fs';
import { createRandom } from '../support/random.js';
import { memoryReport, page, report, rowOf } from './report.js';
import { isGood, type Result, run } from './scenario.js';
import { scenariosOf } from './scenarios.js';

// node run.js [WORDS…]: every scenario whose name has the words; FACEPIPE_FAULTS=long for the long form.
// FACEPIPE_FAULTS_SEED repeats the schedule of a run; after FACEPIPE_FAULTS_MINUTES no scenario is begun, and the rest
// is named.

const seed = Number(process.env.FACEPIPE_FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const form = process.env.FACEPIPE_FAULTS === 'long' ? 'long' : 'short';
const words = process.argv.slice(2);
const chosen = scenariosOf(form).filter(({ fault, mode }) =>
  words.every((word) => `${fault} ${mode}`.includes(word)),
);
const results: Result[] = [];
const failed: string[] = [];
const skipped: string[] = [];
const late: string[] = [];
const end =
  performance.now() + Number(process.env.FACEPIPE_FAULTS_MINUTES ?? Number.POSITIVE_INFINITY) * 60_000;

console.log(`${chosen.length} scenarios, seed ${seed}`);
for (const scenario of chosen) {
  const name = `${scenario.fault} (${scenario.mode})`;
  const why = scenario.missing?.();
  if (why !== undefined) {
    skipped.push(`${name}: ${why}`);
    continue;
  }
  if (performance.now() > end) {
    late.push(name);
    continue;
  }
  let verdict = 'FAILED';
  try {
    const result = await run(scenario, createRandom(seed));
    results.push(result);
    console.log(rowOf(result));
    if (isGood(result)) verdict = 'passed';
    for (const { id, stream, seq } of result.lost.slice(0, 5)) console.log(`  lost: ${id} ${stream} ${seq}`);
    if (scenario.flat) for (const name of result.memory.growing) console.log(`  its memory grows: ${name}`);
    for (const fault of result.wrong.slice(0, 5)) console.log(`  wrong: ${fault}`);
  } catch (error) {
    console.error(error);
  }
  if (verdict === 'passed') continue;
  failed.push(name);
  console.log(
    `  repeat: FACEPIPE_FAULTS=${form} FACEPIPE_FAULTS_SEED=${seed} npm run test:faults -- '${scenario.fault}' ${scenario.mode}`,
  );
}
console.log(`\n${report(results)}`);
for (const result of results) if (result.accepted >= 10_000) console.log(`\n${memoryReport(result)}`);
// a part of it would be no result
if (form === 'long' && words.length === 0) {
  writeFileSync(new URL('../../../docs/delivery-faults.md', import.meta.url), page(results, seed));
}
for (const line of skipped) console.log(`could not run here: ${line}`);
for (const name of late) console.log(`not run: ${name}, for lack of time`);
for (const name of failed) console.log(`FAILED: ${name}`);
const incomplete = skipped.length > 0 && process.env.FACEPIPE_TEST_ALL;
// clients of the S3 server would keep the program from ending
process.exit(failed.length > 0 || incomplete || chosen.length === 0 ? 1 : 0);
