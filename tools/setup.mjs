// Installs once per lockfile, compiles what changed, packs cascades and weights; `npm start` and `npm test` begin here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.facepipe-setup`;

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: false });
  if (error || status !== 0) {
    console.error(
      `setup: \`${command} ${args.join(' ')}\` failed${error ? `: ${error.message}` : ` with exit code ${status}`}`,
    );
    process.exit(status || 1);
  }
}

// npm's own script when npm started us: `npm` itself is a .cmd on Windows, which spawn cannot run
function npm(...args) {
  const cli = process.env.npm_execpath;
  if (cli) run(process.execPath, [cli, ...args]);
  else run('npm', args);
}

const lock = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');
const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
if (!installed) {
  npm('ci', '--ignore-scripts', '--no-fund', '--no-audit');
  writeFileSync(stamp, lock);
}
run(process.execPath, [`${root}packages/core/build/version.mjs`]);
run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b']);
run(process.execPath, [`${root}packages/core/build/kernel.mjs`]);
run(process.execPath, [`${root}packages/core/build/cascades.mjs`]);
run(process.execPath, [`${root}packages/core/build/blaze.mjs`]);
run(process.execPath, [`${root}packages/core/build/bundle.mjs`]);
run(process.execPath, [`${root}packages/view/build/page.mjs`]);
