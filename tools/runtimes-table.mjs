// The table in docs/runtimes.md, of what `npm run test:runtimes -- --write` kept.
import { readFileSync } from 'node:fs';
import { runtimes } from '../test/dist/runtimes/list.js';

const file = new URL('../test/runtimes/results.json', import.meta.url);
const begin = '<!-- results, made by `npm run docs` -->';
const end = '<!-- end of results -->';
const columns = {
  ...{ detect: 'detect', cascade: 'cascade', xml: 'XML', threads: 'threads', worker: 'worker' },
  ...{ network: 'BlazeFace', verify: 'verifier' },
};

function cell(outcome) {
  if (outcome === 'yes') return '✓';
  return outcome.startsWith('FACEPIPE_E_') ? '–' : outcome;
}

/** What of the results is not of the tools that are pinned now. */
export function staleResults() {
  const { results } = JSON.parse(readFileSync(file, 'utf8'));
  const wanted = runtimes('').map(({ name, tools }) => [name, JSON.stringify(tools)]);
  const found = new Map(results.map(({ name, tools }) => [name, JSON.stringify(tools)]));
  return wanted.filter(([name, tools]) => found.get(name) !== tools).map(([name]) => name);
}

/** The page with its table. */
export function withTable(page) {
  const { programs, results } = JSON.parse(readFileSync(file, 'utf8'));
  const rows = results.flatMap(({ name, tools, places }) => {
    const versions = Object.entries(tools).map(([tool, version]) => `${tool} ${version}`);
    return Object.entries(places).map(([place, row], index) => {
      const cells = Object.keys(columns).map((check) => cell(row[check]));
      return `| ${index === 0 ? name : ''} | ${index === 0 ? versions.join(', ') : ''} | ${place} | ${cells.join(' | ')} |`;
    });
  });
  const head = `| runtime or tool | packages | where | ${Object.values(columns).join(' | ')} |`;
  const rule = `|${'---|'.repeat(3 + Object.keys(columns).length)}`;
  const intro = `Beside the packages there were ${programs.join(', ')}, on Linux on x64.`;
  const [before, rest] = page.split(begin);
  const [, after] = rest.split(end);
  return `${before}${begin}\n${[head, rule, ...rows].join('\n')}\n\n${intro}\n${end}${after}`;
}
