import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentsOf } from '../../dist/command/folder.js';

test('faces of a folder are counted with their bytes, and nothing else', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-contents-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.deepEqual(await contentsOf(folder), { faces: 0, bytes: 0 });
  for (const name of ['door/2026', '.facepipe']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['door/2026/a.png', 'b.png', '.facepipe/half', '.facepipe-check'])
    writeFileSync(join(folder, name), 'abc');
  assert.deepEqual(await contentsOf(folder), { faces: 2, bytes: 6 });
});
