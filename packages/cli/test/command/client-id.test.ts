import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { secretFile } from '@facepipe/service';
import { spoolSecret, stateSecret } from '../../dist/command/client-id.js';
import type { Session } from '../../dist/command/session.js';

const place = mkdtempSync(join(tmpdir(), 'facepipe-client-id-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

test('a command has a secret of its own below the state of the user, or the one that is named', async () => {
  const before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = join(place, 'xdg');
  try {
    const forward = await stateSecret('forward', undefined);
    assert.deepEqual(await stateSecret('log', join(place, 'xdg/facepipe/forward')), forward);
    assert.notDeepEqual(await stateSecret('sink', undefined), forward);
  } finally {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
  }
});

test('a state folder that cannot be used is one sentence that names both ways out', async () => {
  const file = join(place, 'file');
  writeFileSync(file, '');
  for (const [state, reason] of [
    [join(file, 'sub'), /\(a part of its path is no folder\)/],
    ['/proc/none', /\(nothing can be made there|may not write/],
  ] as const) {
    await assert.rejects(stateSecret('sink', state), (error: Error) => {
      assert.match(error.message, reason);
      assert.match(error.message, /--state .* --client-id/);
      return true;
    });
  }
});

test('a spool whose secret is damaged gets a new one, aloud: its faces must not wait for that', async () => {
  const folder = join(place, 'spool');
  mkdirSync(folder);
  const said: string[] = [];
  const log = { error: (line: string) => void said.push(line) } as unknown as Session['log'];
  const first = await spoolSecret(folder, log);
  writeFileSync(join(folder, secretFile), 'junk');
  const second = await spoolSecret(folder, log);
  assert.notDeepEqual(second, first);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /secret is damaged: a new client id/);
  await assert.rejects(spoolSecret('/proc/none', log), { code: 'FACEPIPE_E_SPOOL_FAILED' });
});
