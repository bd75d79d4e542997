import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../support/documents.js';

test('each promise names a test that there is', () => {
  const page = readFileSync(join(root, 'docs/promises.md'), 'utf8');
  const named = [...page.matchAll(/\]\(\.\.\/(test\/[^)]+\.ts)\)(?:: |, )“([^”]+)”/g)];
  assert.ok(named.length >= 18, `${named.length}`);
  assert.equal([...page.matchAll(/“/g)].length, named.length, 'each name stands behind its file');
  for (const [, file = '', name = ''] of named)
    assert.ok(readFileSync(join(root, file), 'utf8').includes(`'${name}'`), `${file} has no test '${name}'`);
});
