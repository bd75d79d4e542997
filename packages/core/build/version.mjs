// Writes the package's version into packages/core/src/version.ts before the compiler runs: in a browser nothing reads
// package.json.
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const target = new URL('../src/version.ts', import.meta.url);
const text = `/** Of this package; written by build/version.mjs. */
export const version = '${version}';
`;
if (readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
