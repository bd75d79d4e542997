import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../support/documents.js';

interface Service {
  image?: string;
  build?: unknown;
  pull_policy?: string;
}

test('of the services with one image one builds it, and the others neither build nor pull', () => {
  for (const file of ['packages/cloud/compose.yaml', 'deploy/edge/compose.yaml']) {
    const { services }: { services: Record<string, Service> } = parse(
      readFileSync(join(root, file), 'utf8'),
      {
        merge: true,
      },
    );
    const ours = Object.values(services).filter(({ image }) => image?.includes('facepipe-'));
    assert.ok(ours.length > 2, file);
    assert.equal(new Set(ours.map(({ image }) => image)).size, 1, file);
    assert.deepEqual(
      ours.map(({ build, pull_policy }) => (build === undefined ? pull_policy : 'builds')).sort(),
      ['builds', ...ours.slice(1).map(() => 'never')],
      file,
    );
  }
});
