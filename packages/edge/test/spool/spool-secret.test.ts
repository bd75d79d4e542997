import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { secretFile } from '@facepipe/service';
import { spoolSecret } from '../../dist/spool/spool-secret.js';

const place = mkdtempSync(join(tmpdir(), 'facepipe-spool-secret-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

test('a spool whose secret is damaged gets a new one, aloud: its faces must not wait for that', async () => {
  const folder = join(place, 'spool');
  mkdirSync(folder);
  const damaged: string[] = [];
  const tell = (file: string) => void damaged.push(file);
  const first = await spoolSecret(folder, tell);
  writeFileSync(join(folder, secretFile), 'junk');
  const second = await spoolSecret(folder, tell);
  assert.notDeepEqual(second, first);
  assert.deepEqual(damaged, [join(folder, secretFile)]);
  await assert.rejects(spoolSecret('/proc/none', tell), { code: 'FACEPIPE_E_SPOOL_FAILED' });
});
