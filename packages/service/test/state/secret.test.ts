import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  decodeSecret,
  encodeSecret,
  openSecret,
  replaceSecret,
  secretFile,
} from '../../dist/state/secret.js';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'facepipe-secret-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a secret is random, stays, and is for this user alone, its folders too', async () => {
  const place = folder();
  const [one, two] = [join(place, 'a/b'), join(place, 'c')];
  const secret = await openSecret(one);
  assert.equal(secret.length, 32);
  assert.deepEqual(await openSecret(one), secret);
  assert.notDeepEqual(await openSecret(two), secret);
  assert.deepEqual(readdirSync(one), [secretFile]);
  const modes = [join(place, 'a'), one, join(one, secretFile)].map((path) => statSync(path).mode & 0o777);
  assert.deepEqual(modes, [0o700, 0o700, 0o600]);
});

test('no change of a byte passes for a secret', () => {
  const text = encodeSecret(Buffer.alloc(32, 0xa5));
  assert.deepEqual(decodeSecret(text), Buffer.alloc(32, 0xa5));
  for (let at = 0; at < text.length; at++) {
    for (const letter of '09af \n') {
      const changed = text.slice(0, at) + letter + text.slice(at + 1);
      if (changed !== text) assert.equal(decodeSecret(changed), undefined, changed);
    }
    assert.equal(decodeSecret(text.slice(0, at)), undefined);
  }
  for (const more of ['\n', ' ', 'a']) assert.equal(decodeSecret(text + more), undefined);
});

test('a damaged secret is said and left as it is, until it is to be replaced', async () => {
  const place = folder();
  const file = join(place, secretFile);
  const secret = await openSecret(place);
  const damaged = readFileSync(file, 'latin1').replace(/^../, 'zz');
  writeFileSync(file, damaged);
  await assert.rejects(openSecret(place), {
    code: 'FACEPIPE_E_SECRET_DAMAGED',
    exit: 2,
    message: /secret, of which/,
  });
  assert.equal(readFileSync(file, 'latin1'), damaged);
  const next = await replaceSecret(place);
  assert.notDeepEqual(next, secret);
  assert.deepEqual(await openSecret(place), next);
  assert.deepEqual(readdirSync(place), [secretFile]);
});

test('programs that begin at the same moment get one secret', async () => {
  const place = folder();
  const secrets = await Promise.all(Array.from({ length: 20 }, () => openSecret(join(place, 'new'))));
  assert.equal(new Set(secrets.map(String)).size, 1);
});

test('a folder that cannot be made is an error, and not a wait', { timeout: 10_000 }, async () => {
  await assert.rejects(openSecret('/proc/none/such'), { code: /ENOENT|EACCES|EPERM/ });
});

test('what a kill -9 left behind in the middle of making it is no secret', async () => {
  const place = folder();
  const url = new URL('../../dist/state/secret.js', import.meta.url).href;
  for (let n = 0; n < 20; n++) {
    const script = `const { openSecret, replaceSecret } = await import('${url}');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${n});
      await openSecret('${place}');
      for (;;) await replaceSecret('${place}');`;
    spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal((await openSecret(place)).length, 32);
  }
});
