import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from './machine.js';
import { median } from './median.js';
import { table } from './table.js';
import { cascadeFinder, FoundFaces, verifiedFinder } from './visit-found.js';
import { type ClipRun, runClip } from './visit-run.js';
import { rules, type Score, scoreOf, sentByChoice, sentByRule, tracksOf } from './visit-score.js';
import { saveSheet } from './visit-sheet.js';
import { readTruth, type TrueClip } from './visit-truth.js';

// node dist/visits.js FOLDER… [--found FOLDER] [--sheets FOLDER] [--every N] [--only NAME] [--verify off]: visits in
// clips with a truth.json, and what would be sent of them. What was found is kept in --found; without it each run looks
// again.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    found: { type: 'string' },
    sheets: { type: 'string' },
    every: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    verify: { type: 'string', default: 'on' },
  },
});

const every = Number(values.every);
const found = values.found ?? mkdtempSync(join(tmpdir(), 'facepipe-visits-'));
const finder = await (values.verify === 'off' ? cascadeFinder() : verifiedFinder());
const runs: { clip: TrueClip; run: ClipRun }[] = [];
for (const folder of positionals)
  for (const clip of readTruth(folder).filter(({ name }) => name.includes(values.only)))
    runs.push({
      clip,
      run: await runClip(folder, clip.file, finder, new FoundFaces(found, clip.name), every),
    });
await finder.close();

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const share = (part: number, whole: number) => (whole > 0 ? (part / whole).toFixed(2) : '-');
const seconds = (list: readonly number[]) =>
  list.length > 0 ? `${median(list).toFixed(1)} / ${Math.max(...list).toFixed(1)}` : '-';

function rowOf(name: string, scores: readonly Score[]): (string | number)[] {
  const total = (part: Exclude<keyof Score, 'waits'>) => sum(scores.map((score) => score[part]));
  return [
    name,
    `${total('expectedShown')}/${total('expected')}`,
    share(total('pictures'), total('shown')),
    share(total('pictures'), total('pictures') + total('false')),
    total('false'),
    total('ignored'),
    share(total('good'), total('pictures')),
    `${total('top')}/${total('judged')}`,
    seconds(scores.flatMap(({ waits }) => waits)),
  ];
}

const head = [
  'expected visits shown',
  'pictures a visit',
  'of faces',
  'false',
  'ignored',
  'in a good span',
  'in the top fifth by eye',
  's to the first, median / most',
];
const choiceScores = runs.map(({ clip, run }) => scoreOf(clip, sentByChoice(run)));
console.log(
  `${machine()}\n\nEvery ${every === 1 ? 'frame' : `${every}th frame`}; --send best with its defaults\n`,
);
console.log(
  table(
    ['clip', ...head],
    [
      ...runs.map(({ clip }, i) => rowOf(clip.name, choiceScores.slice(i, i + 1))),
      rowOf('all', choiceScores),
    ],
  ),
);

const ruled = rules.map(([name, rule]) =>
  rowOf(
    name,
    runs.map(({ clip, run }) => scoreOf(clip, sentByRule(run, rule))),
  ),
);
console.log(`\nOf the same tracks, one picture at the end of each\n\n${table(['rule', ...head], ruled)}`);

const tracks = runs.map(({ clip, run }) => ({ name: clip.name, ...tracksOf(clip, run) }));
const trackRows = tracks.map((one) => [
  one.name,
  one.true,
  one.visits,
  one.split,
  one.merged,
  one.false,
  seconds(one.begins),
]);
const all = (part: 'true' | 'visits' | 'split' | 'merged' | 'false') => sum(tracks.map((one) => one[part]));
const begins = tracks.flatMap((one) => one.begins);
const totals = [
  'all',
  all('true'),
  all('visits'),
  all('split'),
  all('merged'),
  all('false'),
  seconds(begins),
];
const trackHead = ['clip', 'true visits', 'tracks', 'split', 'merged', 'false', 's to begin, median / most'];
console.log(`\n${table(trackHead, [...trackRows, totals])}`);

if (values.sheets) {
  mkdirSync(values.sheets, { recursive: true });
  for (const { clip, run } of runs) await saveSheet(join(values.sheets, `${clip.name}.png`), run.sent);
}
