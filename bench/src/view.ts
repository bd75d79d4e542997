import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addressOf, start, type Watched, watch } from '@facepipe/test';
import { machine } from './machine.js';
import { table } from './table.js';
import { usageOf } from './usage.js';

// node dist/view.js [--seconds N]: what the page's viewers cost the demo that serves it: nobody, one, fifty who draw
// each frame, and fifty who read nothing, side by side. Processor time of one core, and resident memory at the end.

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const seconds = Number(values.seconds);
/** Until the code is compiled and the first visits are over, ms. */
const warm = 10_000;
const audiences = [
  { name: 'nobody', viewers: 0, reads: true },
  { name: 'one', viewers: 1, reads: true },
  { name: 'fifty', viewers: 50, reads: true },
  { name: 'fifty who read nothing', viewers: 50, reads: false },
];

const rows: string[][] = [];
for (const { name, viewers, reads } of audiences) {
  const data = mkdtempSync(join(tmpdir(), 'facepipe-view-'));
  const demo = start(['demo', '--data', data, '--view', '0']);
  const url = await addressOf(demo);
  const pages: Watched[] = [];
  for (let i = 0; i < viewers; i++) pages.push(await watch(url, true));
  await sleep(warm);
  if (!reads) for (const page of pages) page.pause();
  const { pid = 0 } = demo.child;
  const frames = () => pages.reduce((sum, page) => sum + page.frames, 0);
  const [before, drawn, began] = [usageOf(pid), frames(), performance.now()];
  await sleep(seconds * 1000);
  const [after, wall] = [usageOf(pid), (performance.now() - began) / 1000];
  rows.push([
    name,
    `${Math.round((100 * (after.cpu - before.cpu)) / wall)} %`,
    `${Math.round(after.resident / 2 ** 20)} MiB`,
    viewers > 0 ? ((frames() - drawn) / wall / viewers).toFixed(1) : '',
  ]);
  for (const page of pages) page.close();
  await demo.stop();
  rmSync(data, { recursive: true, force: true, maxRetries: 10 });
}
console.log(`${machine()}\n`);
console.log(table(['who looks', 'of a core', 'memory', 'frames/s each'], rows));
