// Runs the formatter, the linter and every compiled test; names what could not run.
// Set FACEPIPE_TEST_ALL=1 (as CI does) and a skipped test fails the run. Arguments are file name filters.
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';

const root = fileURLToPath(new URL('..', import.meta.url));
const filters = process.argv.slice(2);
const failures = [];

if (filters.length === 0) {
  const lint = spawnSync(process.execPath, [`${root}test/lint.mjs`], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (lint.status !== 0) {
    const objection = 'the formatter or the linter objects; `npm run format` fixes what it can';
    console.error(`test: ${objection}`);
    // CI tells what the tests say, too
    if (!process.env.FACEPIPE_TEST_ALL) process.exit(1);
    failures.push(objection);
  }
}

const files = globSync(
  ['packages/*/dist-test/**/*.test.js', 'bench/dist/**/*.test.js', 'test/dist/**/*.test.js'],
  {
    cwd: root,
    absolute: true,
  },
)
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort();
const skipped = [];

// twice the cores of a small machine, and one: most of them wait for programs
const events = run({ files, concurrency: 5, timeout: 15 * 60_000 });
events.on('test:fail', ({ name, todo, file }) => {
  if (!todo) failures.push(`${name} (${relative(root, file ?? name)})`);
});
events.on('test:pass', ({ name, skip }) => {
  if (skip !== undefined) skipped.push(`${name}: ${skip === true ? 'no reason given' : skip}`);
});
events.compose(spec).pipe(process.stdout);
events.on('end', () => {
  const failed = files.length === 0 || failures.length > 0;
  process.exitCode = failed || (skipped.length > 0 && process.env.FACEPIPE_TEST_ALL) ? 1 : 0;
});
process.on('exit', () => {
  if (files.length === 0) console.error(`test: no test file matches ${filters.join(', ')}`);
  console.log(skipped.length === 0 ? 'Every test ran.' : `Could not run here (${skipped.length}):`);
  for (const line of skipped) console.log(`  - ${line}`);
  for (const line of failures) console.log(`failed: ${line}`);
});
