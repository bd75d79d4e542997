import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const tsc = join(root, 'node_modules/typescript/bin/tsc');

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
}

const dashboards = ['facepipe', 'facepipe-fleet'].map((name) => {
  const text = readFileSync(join(root, `deploy/grafana/${name}.json`), 'utf8');
  return { name, text, dashboard: JSON.parse(text) as { uid: string; panels: Panel[] } };
});

/** What the compiler says of a dashboard, by the types that Grafana publishes. */
function compile(t: TestContext, text: string): string {
  // in the test's own folder, for its node_modules to be found
  const folder = mkdtempSync(fileURLToPath(new URL('dashboard-', import.meta.url)));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'dashboard.ts');
  writeFileSync(
    file,
    `import type { Dashboard } from '@grafana/schema';
// JSON has the values of enums
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
export const dashboard: Plain<Dashboard> = ${text};
`,
  );
  const flags = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--types', 'node'];
  const target = ['--module', 'nodenext', '--target', 'es2022'];
  return spawnSync(process.execPath, [tsc, ...flags, ...target, file], { encoding: 'utf8' }).stdout;
}

for (const { name, text, dashboard } of dashboards) {
  test(`${name}.json is a dashboard by Grafana’s types`, (t) => {
    assert.equal(compile(t, text), '');
  });

  test(`${name}.json: panels have numbers of their own and do not overlap`, () => {
    assert.equal(dashboard.uid, name);
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.equal(taken.get(`${x} ${y}`), undefined, title);
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });
}

test('a dashboard that Grafana’s types do not allow is told', (t) => {
  const [first] = dashboards;
  assert.match(
    compile(t, first?.text.replace('"schemaVersion": 39', '"schemaVersion": "39"') ?? ''),
    /TS2322/,
  );
});
