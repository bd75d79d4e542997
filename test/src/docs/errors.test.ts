import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cloudErrors } from '@facepipe/cloud';
import { coreErrors } from '@facepipe/core';
import { edgeErrors, sourceErrors, spoolErrors } from '@facepipe/edge';
import { serviceErrors } from '@facepipe/service';
import { viewErrors } from '@facepipe/view';
import { wireErrors } from '@facepipe/wire';
import { cliErrors, referenceOf } from 'facepipe';
import { root } from '../support/documents.js';

const codes = Object.keys({
  ...coreErrors,
  ...serviceErrors,
  ...wireErrors,
  ...edgeErrors,
  ...sourceErrors,
  ...spoolErrors,
  ...cloudErrors,
  ...viewErrors,
  ...cliErrors,
});

test('the address that is printed with each error leads to its row of the page', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const ids = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, 'each id once');
  assert.ok(codes.length > 80);
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const home = String(repository.url).replace(/^git\+(.*)\.git$/, '$1');
  for (const code of codes) {
    const [address, id] = referenceOf(code).split('#');
    assert.equal(address, `${home}/blob/main/docs/errors.md`);
    assert.ok(ids.includes(id), code);
  }
});
