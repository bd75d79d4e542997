import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, 'deploy/prometheus');
const page = readFileSync(join(root, 'docs/operate.md'), 'utf8');
const rules = readFileSync(join(folder, 'facepipe.rules.yaml'), 'utf8');
const alerts = [...rules.matchAll(/^ {6}- alert: (\w+)$/gm)].map(([, alert = '']) => alert);

const dashboards = ['facepipe', 'facepipe-fleet'].map((name) => join(root, `deploy/grafana/${name}.json`));

const missing =
  spawnSync('promtool', ['--version']).error && 'promtool is not installed: apt-get install prometheus';
const options = { skip: missing ?? false };

function promtool(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

test('every alert has its chapter on the page, and every chapter its alert', () => {
  assert.ok(alerts.length > 10);
  const chapters = [...page.matchAll(/^### (Facepipe\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(chapters.sort(), [...alerts].sort());
  const links = [...rules.matchAll(/runbook: docs\/operate\.md#(\w+)$/gm)].map(([, link]) => link);
  assert.deepEqual(
    links,
    alerts.map((alert) => alert.toLowerCase()),
  );
});

test('the rules are valid, and each alert fires when it should and only then', options, () => {
  promtool('check', 'rules', 'facepipe.rules.yaml');
  promtool('check', 'config', 'prometheus.yaml');
  promtool('test', 'rules', 'facepipe.test.yaml');
  const tested = readFileSync(join(folder, 'facepipe.test.yaml'), 'utf8');
  assert.deepEqual(
    alerts.filter((alert) => !tested.includes(alert)),
    [],
    'without a test',
  );
});

/** The queries of the page: blank lines and comments part them. */
const queries = (/```promql\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
  .split('\n')
  .filter((line) => /^[^#]/.test(line));

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

test('Prometheus can read every query of the page and of the dashboards', options, (t) => {
  const panels = dashboards.flatMap((file): Panel[] => JSON.parse(readFileSync(file, 'utf8')).panels);
  const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  assert.ok(queries.length > 5 && shown.length > 20);
  const expressions = [...queries, ...shown].map((text) => text.replaceAll('$__rate_interval', '5m'));
  const path = mkdtempSync(join(tmpdir(), 'facepipe-queries-'));
  t.after(() => rmSync(path, { recursive: true }));
  // JSON is YAML
  const written = expressions.map((expr, index) => ({ record: `query:${index}`, expr }));
  writeFileSync(
    join(path, 'queries.yaml'),
    JSON.stringify({ groups: [{ name: 'queries', rules: written }] }),
  );
  promtool('check', 'rules', join(path, 'queries.yaml'));
});
