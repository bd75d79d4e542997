import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from './machine.js';
import { median } from './median.js';
import { runIdle } from './motion-idle.js';
import { type GatedRun, runGated } from './motion-run.js';
import { table } from './table.js';
import { FoundFaces, verifiedFinder } from './visit-found.js';
import { type ClipRun, runClip } from './visit-run.js';
import { scoreOf, sentByChoice, tracksOf } from './visit-score.js';
import { readTruth } from './visit-truth.js';

// node dist/motion.js FOLDER… [--found FOLDER] [--every N] [--only NAME] [--search on] [--OPTION NUMBER]: what the
// motion gate leaves out of clips with a truth.json, and what is missed by that. What is found in all frames is kept in
// --found. With --search the places are searched for real, which takes CPU; else what was found there counts.

const gateNames = ['minSize', 'wholeEvery', 'searchRate', 'stillEvery', 'level', 'deviations'] as const;
const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    found: text,
    every: { ...text, default: '1' },
    only: { ...text, default: '' },
    search: { ...text, default: 'off' },
    ...Object.fromEntries(gateNames.map((name) => [name, text] as const)),
  },
});
const given: Readonly<Record<string, unknown>> = values;
const options = Object.fromEntries(
  gateNames.flatMap((name) => (given[name] === undefined ? [] : [[name, Number(given[name])]])),
);

const every = Number(values.every);
const kept = values.found ?? mkdtempSync(join(tmpdir(), 'facepipe-motion-'));
const finder = await verifiedFinder();
const runs: { all: ClipRun; gated: GatedRun }[] = [];
for (const folder of positionals)
  for (const clip of readTruth(folder).filter(({ name }) => name.includes(values.only))) {
    const file = join(kept, `${clip.name}.json`);
    if (!existsSync(file)) await runClip(folder, clip.file, finder, new FoundFaces(kept, clip.name));
    const all = await runClip(folder, clip.file, finder, new FoundFaces(kept, clip.name), every);
    const search = { every, finder: values.search === 'on' ? finder : undefined };
    const found = JSON.parse(readFileSync(file, 'utf8'));
    runs.push({ all, gated: await runGated(folder, clip, found, { ...options, ...search }) });
  }
const idle: (string | number)[][] = [];
for (const fps of [10, 30]) {
  const { searches, gate, search } = await runIdle(fps, finder, options);
  idle.push([fps, ...[searches, gate / 10, search / 10, (gate + search) / 10].map((one) => one.toFixed(1))]);
}
await finder.close();

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
const percent = (part: number, whole: number) =>
  whole > 0 ? ((100 * part) / whole).toFixed(part < whole / 10 ? 1 : 0) : '-';

type Count = 'frames' | 'whole' | 'parts' | 'pixels' | 'faces' | 'covered' | 'soon' | 'seconds';

function rowOf(name: string, list: typeof runs): (string | number)[] {
  const total = (part: Count) => sum(list.map(({ gated }) => gated[part]));
  const scores = (which: 'all' | 'gated') =>
    list.map(({ all, gated }) => {
      const run = which === 'all' ? all : gated.run;
      return { ...scoreOf(gated.clip, sentByChoice(run)), tracks: tracksOf(gated.clip, run) };
    });
  const [before, after] = [scores('all'), scores('gated')];
  const both = (of: (score: (typeof before)[number]) => number) =>
    `${sum(before.map(of))} → ${sum(after.map(of))}`;
  const cpu = (which: 'gate' | 'search') =>
    percent(sum(list.flatMap(({ gated }) => gated[which])), 1000 * total('seconds'));
  return [
    name,
    percent(total('whole'), total('frames')),
    percent(total('parts'), total('frames')),
    percent(total('pixels'), total('frames')),
    median(list.flatMap(({ gated }) => gated.gate)).toFixed(2),
    cpu('gate'),
    ...(values.search === 'on' ? [cpu('search')] : []),
    percent(total('covered'), total('faces')),
    percent(total('soon'), total('faces')),
    both(({ expectedShown }) => expectedShown),
    both(({ shown }) => shown),
    both((score) => score.false),
    both(({ tracks }) => tracks.split),
    both(({ tracks }) => tracks.false),
  ];
}

const head = [
  'clip',
  '% frames whole',
  'in part',
  '% pixels',
  'gate ms',
  'gate % CPU',
  ...(values.search === 'on' ? ['search % CPU'] : []),
  '% faces covered',
  'within 0.1 s',
  'expected visits shown',
  'visits shown',
  'false pictures',
  'split',
  'false tracks',
];
const rows = [...runs.map((one) => rowOf(one.gated.clip.name, [one])), rowOf('all', runs)];
console.log(
  `${machine()}\n\nAll frames → frames and places that the gate lets through\n\n${table(head, rows)}`,
);

const idleHead = ['frames a second', 'searches a second', 'gate % CPU', 'search % CPU', 'both'];
console.log(`\nA still room, 640×480, with noise\n\n${table(idleHead, idle)}`);
