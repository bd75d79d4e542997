#!/usr/bin/env node
// A file of the repository, not of the build: npm links no command whose file is missing when it installs.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('facepipe: it has not been compiled yet. Run `npm run build` in the clone.');
  process.exitCode = 1;
}
