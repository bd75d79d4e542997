import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programIn } from '../support/browser.js';
import { root } from './place.js';

/** What a runtime was found to do. */
export interface Result {
  name: string;
  /** npm packages and their versions */
  tools: Record<string, string>;
  /** of each place, what each check came to */
  places: Record<string, Record<string, string>>;
}

/** What docs/runtimes.md is made of. */
interface Results {
  /** the programs that were there, as they call themselves */
  programs: string[];
  results: Result[];
}

/** From which tools/docs.mjs makes the table. */
const kept = join(root, 'test/runtimes/results.json');

function versionOf(names: string[]): string[] {
  const program = programIn(undefined, names);
  if (!program) return [];
  const said = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  return [said.replace(/^Mozilla | built on .*$/g, '')];
}

/** Keeps these and, of what was kept, those of other names that still exist. @param names all, in order */
export function keepResults(results: readonly Result[], names: readonly string[]): void {
  const before: Results = existsSync(kept)
    ? JSON.parse(readFileSync(kept, 'utf8'))
    : { programs: [], results: [] };
  const latest = names.flatMap((name) => {
    const result = [...results, ...before.results].find((one) => one.name === name);
    return result ? [result] : [];
  });
  const programs = [
    `Node ${process.version.slice(1)}`,
    ...versionOf(['chromium']),
    ...versionOf(['firefox-esr']),
  ];
  writeFileSync(kept, `${JSON.stringify({ programs, results: latest }, undefined, 2)}\n`);
}
