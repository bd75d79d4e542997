import type { Result } from './scenario.js';

const columns = [
  'fault',
  'until',
  'struck',
  'faces in',
  'in the bucket',
  'repeats absorbed',
  'dropped, and said',
  'lost',
  'twice',
  'recovery',
];

function cells({
  scenario,
  strikes,
  accepted,
  stored,
  repeats,
  dropped,
  lost,
  wrong,
  recovery,
}: Result): string[] {
  const numbers = [strikes, accepted, stored, repeats, dropped, lost.length, wrong.length].map(String);
  return [scenario.fault, scenario.mode, ...numbers, `${recovery.toFixed(1)} s`];
}

/** One result in one line. */
export const rowOf = (result: Result): string =>
  `${cells(result).join(' | ')} | took ${result.took.toFixed(0)} s`;

/** A Markdown table. */
export function report(results: readonly Result[]): string {
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const rule = columns.map((_, n) => (n < 2 ? '---' : '---:'));
  return [columns, rule, ...results.map(cells)].map(line).join('\n');
}
