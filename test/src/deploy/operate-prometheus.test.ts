import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { folder, run, scene, sink } from '../support/delivery.js';
import type { Program } from '../support/program.js';
import { until } from '../support/until.js';
import { startServer } from './prometheus-server.js';

const deploy = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const missing =
  spawnSync('prometheus', ['--version']).error && 'prometheus is not installed: apt-get install prometheus';

async function target(program: Program): Promise<string> {
  const port = /on port (\d+)/.exec(await program.line(/health and metrics on port \d+/))?.[1];
  return `127.0.0.1:${port}`;
}

/** Every program, with faces on their way. */
async function startAll(t: TestContext): Promise<Record<string, Program>> {
  const [edge, cloud] = [await startMosquitto(), await startMosquitto()];
  t.after(() => edge.stop());
  t.after(() => cloud.stop());
  return {
    'facepipe-sink': sink(t, cloud.url, folder()),
    'facepipe-forward': run(t, 'forward', '--from', edge.url, '--to', cloud.url, '--port', '0'),
    'facepipe-log': run(t, 'log', '--audit', '--broker', cloud.url, '--port', '0'),
    'facepipe-capture': run(t, ...scene, '--broker', edge.url, '--until', 'stored', '--port', '0'),
  };
}

/** A Prometheus with the rules shipped that asks these programs every second. */
async function startPrometheus(t: TestContext, programs: Record<string, Program>): Promise<string> {
  const place = folder();
  const jobs = Object.entries(programs).map(async ([job_name, program]) => ({
    job_name,
    static_configs: [{ targets: [await target(program)], labels: { site: 'north' } }],
  }));
  // JSON is YAML
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(deploy, 'prometheus/facepipe.rules.yaml')],
    scrape_configs: await Promise.all(jobs),
  };
  writeFileSync(join(place, 'prometheus.yml'), JSON.stringify(configuration));
  return startServer(t, 'prometheus', [
    `--config.file=${join(place, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(place, 'data')}`,
  ]);
}

interface Panel {
  targets?: { expr: string }[];
}

function dashboardQueries(): string[] {
  const panels = ['facepipe', 'facepipe-fleet'].flatMap((name): Panel[] => {
    return JSON.parse(readFileSync(join(deploy, `grafana/${name}.json`), 'utf8')).panels;
  });
  return panels
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    .map((expr) => expr.replaceAll('$__rate_interval', '10s').replace(/\$(capture|sink|site)/g, '.*'));
}

/** Of what has not happened there is nothing to show. */
const mayBeEmpty =
  / > 0$|^facepipe_(capture_dropped|sink_dead_letters)_total\{|increase\(facepipe_capture_dropped_total/;

test('a real Prometheus gets a number for each query of the dashboards, and can evaluate each rule', {
  skip: missing ?? mosquittoMissing,
  timeout: 300_000,
}, async (t) => {
  const url = await startPrometheus(t, await startAll(t));
  const queries = dashboardQueries();
  assert.ok(queries.length > 50);
  const numbers = async (expr: string): Promise<number[]> => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data: { result: { value: [number, string] }[] };
    };
    assert.equal(status, 'success', `${expr}: ${error}`);
    return data.result.map(({ value }) => Number(value[1]));
  };
  let empty: string[] = [];
  await until(
    () => `each query gives a number: ${empty.join('; ')}`,
    async () => {
      empty = [];
      for (const expr of queries) {
        const found = await numbers(expr);
        const usable = found.length > 0 && found.every((value) => !Number.isNaN(value));
        if (!usable && !mayBeEmpty.test(expr)) empty.push(expr);
      }
      return empty.length === 0;
    },
  );
  const [stored] = await numbers('sum(facepipe_sink_stored_total)');
  assert.ok(stored && stored > 0);
  const answer = await (await fetch(`${url}/api/v1/rules`)).json();
  const { data } = answer as { data: { groups: { rules: { name: string; health: string }[] }[] } };
  const rules = data.groups.flatMap((group) => group.rules);
  assert.ok(rules.length > 10);
  assert.deepEqual(
    rules.filter(({ health }) => health !== 'ok').map(({ name }) => name),
    [],
  );
});
