// What a registry would get of each package: publint reads its package.json and files, are-the-types-wrong resolves its
// types as compilers do, and knip finds files, exports and dependencies that nobody uses. Needs the packages built.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');

/** Runs a program of a dependency, and prints what it says when it fails. */
function holds(what, file, ...args) {
  const program = [join(modules, file), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: root, encoding: 'utf8' });
  if (status === 0) console.log(`lint-packages: ${what}: good`);
  else console.error(`lint-packages: ${what}: exit code ${status}\n${stdout}${stderr}`);
  return status === 0;
}

const results = readdirSync(join(root, 'packages')).flatMap((name) => {
  const folder = join('packages', name);
  return [
    holds(`publint of ${folder}`, 'publint/src/cli.js', folder, '--strict'),
    // the packages are ES modules, and their exports need a compiler that knows of exports
    holds(
      `types of ${folder}`,
      '@arethetypeswrong/cli/dist/index.js',
      ...['--pack', folder, '--profile', 'esm-only'],
    ),
  ];
});
results.push(holds('knip', 'knip/bin/knip.js', '--no-progress'));
if (results.includes(false)) process.exitCode = 1;
