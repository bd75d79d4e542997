import { rmSync } from 'node:fs';
import { runtimes } from './list.js';
import { makeKit, makePlace } from './place.js';
import { ownAnswers } from './programs.js';
import { keepResults, type Result } from './result.js';
import { checks, type Runtime } from './runtime.js';
import { verdict } from './verdict.js';

// node run.js [--short] [--write] [WORDS…]: every runtime whose name has one of the words; all of them without words.
// --short leaves out what takes long, as CI does; --write keeps what came out for docs/runtimes.md.

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const [short, write] = ['--short', '--write'].map((flag) => process.argv.includes(flag));

const kit = await makeKit();
const inputs = JSON.stringify(kit.inputs);
const node = await ownAnswers(inputs);
const all = runtimes(inputs);
const isNamed = ({ name }: Runtime) =>
  words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()));
const chosen = all.filter((runtime) => isNamed(runtime) && (!short || runtime.short));
const results: Result[] = [];
const failed: string[] = [];
const skipped: string[] = [];

/** What came out, and what of it is not as designed. */
async function ask(runtime: Runtime): Promise<{ result: Result; wrong: string[] }> {
  const { place, end } = await makePlace(kit, runtime);
  try {
    const answers = await runtime.ask(place);
    const wrong: string[] = [];
    const places: Result['places'] = {};
    for (const [name, said] of Object.entries(answers)) {
      const row: Record<string, string> = {};
      for (const check of checks) {
        const outcome = verdict(said[check], node[check]);
        row[check] = outcome;
        const wanted = runtime.expected?.[name]?.[check] ?? 'yes';
        if (outcome === wanted) continue;
        const { message = '' } = said[check] ?? {};
        wrong.push(`${name}, ${check}: ${outcome} instead of ${wanted} ${message}`);
      }
      places[name] = row;
    }
    return { result: { name: runtime.name, tools: runtime.tools, places }, wrong };
  } finally {
    await end();
  }
}

console.log(`${chosen.length} runtimes; the package has ${kit.bytes} bytes`);
for (const runtime of chosen) {
  if (runtime.missing) {
    skipped.push(`${runtime.name}: ${runtime.missing}`);
    continue;
  }
  const from = performance.now();
  try {
    const { result, wrong } = await ask(runtime);
    results.push(result);
    const seconds = ((performance.now() - from) / 1000).toFixed(0);
    console.log(`${wrong.length === 0 ? 'as designed' : 'NOT AS DESIGNED'}: ${runtime.name} (${seconds} s)`);
    for (const line of wrong) console.log(`  ${line}`);
    if (wrong.length > 0) failed.push(runtime.name);
  } catch (error) {
    console.error(error);
    failed.push(runtime.name);
  }
}
rmSync(kit.folder, { recursive: true });
if (write)
  keepResults(
    results,
    all.map(({ name }) => name),
  );
for (const line of skipped) console.log(`could not run here: ${line}`);
if (short) {
  const left = all.filter((one) => isNamed(one) && !one.short).map(({ name }) => name);
  console.log(`not run: ${left.join(', ')} (npm run test:runtimes runs all)`);
}
for (const name of failed) console.log(`failed: ${name}`);
const incomplete = skipped.length > 0 && process.env.FACEPIPE_TEST_ALL;
// what a browser or a server left open would keep the program from ending
process.exit(failed.length > 0 || incomplete || chosen.length === 0 ? 1 : 0);
