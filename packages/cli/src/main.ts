#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { run } from './run.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
// the second signal ends at once, whatever is still open: only here, where nobody else's process is
process.exitCode = await run(process.argv.slice(2), version, (code) => process.exit(code));
