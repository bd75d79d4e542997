import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createDetector } from '../dist/index.js';

test('the engine has the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const detector = await createDetector();
  assert.equal(detector.engine, `simd ${version}`);
  await detector.close();
});
