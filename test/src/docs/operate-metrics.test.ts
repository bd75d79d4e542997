import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { startAedes } from '../support/brokers.js';
import { folder, run, scene, sink } from '../support/delivery.js';
import type { Program } from '../support/program.js';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
/** What the series of histograms and summaries are called beside their own name. */
const series = /_(bucket|sum|count)$/;

/** The metrics of a running program, with their types. */
async function exposed(program: Program): Promise<[string, string][]> {
  const said = await program.line(/health and metrics on port \d+/);
  const port = /on port (\d+)/.exec(said)?.[1];
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]);
}

async function programMetrics(t: TestContext): Promise<Map<string, string>> {
  const broker = await startAedes();
  t.after(() => broker.stop());
  const programs = [
    sink(t, broker.url, folder()),
    run(t, ...scene, '--broker', broker.url, '--until', 'stored', '--port', '0'),
    run(
      t,
      'forward',
      '--to',
      broker.url,
      '--from',
      broker.url,
      '--to-topic',
      'there/{device}',
      '--port',
      '0',
    ),
    run(t, 'log', '--broker', broker.url, '--port', '0'),
    run(t, 'log', '--audit', '--broker', broker.url, '--port', '0'),
  ];
  const all = await Promise.all(programs.map(exposed));
  return new Map(all.flat().sort());
}

/** The metrics that a text names. */
const named = (text: string): string[] =>
  text.match(/\bfacepipe_(?:capture|sink|spool|source|forward|log)_\w+/g) ?? [];

test('the page names each metric of the programs with its type, and nothing shipped asks for another', async (t) => {
  const metrics = await programMetrics(t);
  const rows = [...read('docs/operate.md').matchAll(/^\| (`facepipe_.+`) \| (\w+) \|/gm)];
  const described = rows.flatMap(([, names = '', type = '']) =>
    named(names).map((name): [string, string] => [name, type]),
  );
  assert.deepEqual(new Map(described.sort()), metrics);

  const deploy = [
    ...['grafana/facepipe.json', 'grafana/facepipe-fleet.json'],
    ...['prometheus/facepipe.rules.yaml', 'prometheus/facepipe.test.yaml'],
  ];
  for (const file of ['docs/operate.md', 'docs/delivery.md', ...deploy.map((path) => `deploy/${path}`)]) {
    const unknown = named(read(file)).filter(
      (name) => !metrics.has(name) && !metrics.has(name.replace(series, '')),
    );
    assert.deepEqual(unknown, [], file);
  }
});
