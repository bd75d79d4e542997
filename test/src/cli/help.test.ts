import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from 'facepipe';
import { facepipe } from '../support/program.js';

// FACEPIPE_HELP_UPDATE=1 writes the files anew: look at the difference before it is committed.

const folder = fileURLToPath(new URL('../../help/', import.meta.url));

for (const command of ['', ...Object.keys(commands)])
  test(`facepipe ${command} --help says what it said`, async () => {
    // hosts and users differ: the default of --name is the machine's
    const { code, stdout, stderr } = await facepipe([...(command ? [command] : []), '--help'], {
      env: { FACEPIPE_NAME: '', COLUMNS: '80' },
    });
    assert.deepEqual([code, stderr], [0, '']);
    const file = `${folder}${command || 'facepipe'}.txt`;
    if (process.env.FACEPIPE_HELP_UPDATE) writeFileSync(file, stdout);
    assert.equal(stdout, readFileSync(file, 'utf8'));
  });
