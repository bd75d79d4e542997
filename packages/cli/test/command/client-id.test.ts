import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateSecret } from '../../dist/command/client-id.js';

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
    [join(file, 'sub'), /\(a part of its path is not a folder\)/],
    ['/proc/none', /\(nothing can be made there|may not write/],
  ] as const) {
    await assert.rejects(stateSecret('sink', state), (error: Error) => {
      assert.match(error.message, reason);
      assert.match(error.message, /--state .* --client-id/);
      return true;
    });
  }
});
