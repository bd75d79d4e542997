import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { spoolFolder } from '../../dist/command/spool-folder.js';

test('each device has a folder in the state of its user, whatever its name', () => {
  const at = (name: string) => spoolFolder(name, { XDG_STATE_HOME: '/state' });
  assert.equal(at('door'), join('/state', 'facepipe', 'spool', 'door'));
  assert.equal(at('сад 🌳'), join('/state', 'facepipe', 'spool', encodeURIComponent('сад 🌳')));
  assert.equal(at('..'), join('/state', 'facepipe', 'spool', '%2e%2e'));
  assert.equal(at('a\\b:c*'), join('/state', 'facepipe', 'spool', 'a%5Cb%3Ac%2a'));
  assert.equal(spoolFolder('door', {}), join(homedir(), '.local', 'state', 'facepipe', 'spool', 'door'));
});
