import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openStore } from '../../dist/store/open-store.js';

const windows = process.platform === 'win32' && 'there are no such modes';
let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'facepipe-folder-'));
});
after(() => rm(root, { recursive: true, force: true }));

function object(key: string, text: string) {
  const body = Buffer.from(text);
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { key, body, contentType: 'image/png', metadata: {}, sha256 };
}

test('an object is written once, and nothing unfinished stays', async () => {
  const folder = join(root, 'a b', 'камера');
  const store = openStore(pathToFileURL(folder).href);
  await store.check();
  assert.equal(await store.put(object('x/y/one.png', 'one')), 'stored');
  assert.equal(await store.put(object('x/y/one.png', 'one')), 'duplicate');
  assert.equal(await store.put(object('x/y/one.png', 'two')), 'conflict');
  assert.equal(await readFile(join(folder, 'x', 'y', 'one.png'), 'utf8'), 'one');
  assert.deepEqual((await readdir(folder)).sort(), ['.facepipe', 'x']);
  assert.deepEqual(await readdir(join(folder, '.facepipe')), []);
});

test('what a folder has is for its owner, whatever the umask, and for others where that is asked for', {
  skip: windows,
}, async () => {
  for (const [mode, umask, files, folders] of [
    [undefined, 0, 0o600, 0o700],
    [undefined, 0o022, 0o600, 0o700],
    [0o640, 0o077, 0o640, 0o750],
    [0o660, 0o022, 0o660, 0o770],
    [0o644, 0, 0o644, 0o755],
  ] as const) {
    const made = join(root, `made-${mode}-${umask}`);
    const folder = join(made, 'bucket');
    const before = process.umask(umask);
    try {
      const store = openStore(pathToFileURL(folder).href, mode === undefined ? {} : { mode });
      await store.check();
      await store.put(object('door/2026/one.png', 'one'));
    } finally {
      process.umask(before);
    }
    for (const path of [made, folder]) assert.equal((await stat(path)).mode & 0o777, folders, path);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const { mode: found } = await stat(join(entry.parentPath, entry.name));
      assert.equal(found & 0o777, entry.isDirectory() ? folders : files, entry.name);
    }
  }
});

test('a folder that was there stays as it is, and hands its group on', { skip: windows }, async () => {
  const folder = join(root, 'shared');
  await mkdir(folder);
  await chmod(folder, 0o2755);
  const store = openStore(pathToFileURL(folder).href, { mode: 0o660 });
  const umask = process.umask(0o022);
  try {
    await store.put(object('door/one.png', 'one'));
  } finally {
    process.umask(umask);
  }
  assert.equal((await stat(folder)).mode & 0o7777, 0o2755);
  assert.equal((await stat(join(folder, 'door'))).mode & 0o7777, 0o2770);
});

test('of many puts at once of one key, one stores', async () => {
  const store = openStore(pathToFileURL(join(root, 'race')).href);
  const same = await Promise.all(Array.from({ length: 20 }, () => store.put(object('k/same', 'bytes'))));
  assert.equal(same.filter((outcome) => outcome === 'stored').length, 1);
  assert.equal(same.filter((outcome) => outcome === 'duplicate').length, 19);
  const other = await Promise.all(Array.from({ length: 20 }, (_, n) => store.put(object('k/other', `${n}`))));
  assert.equal(other.filter((outcome) => outcome === 'stored').length, 1);
  assert.equal(other.filter((outcome) => outcome === 'conflict').length, 19);
});

test('keys stay inside the folder', async () => {
  const store = openStore(pathToFileURL(join(root, 'inside')).href);
  for (const key of ['../x', 'a/../../x', '/etc/x', 'a//b', '', '.', 'a\0b', 'a\\..\\b', '.facepipe/x']) {
    await assert.rejects(store.put(object(key, 'x')), { code: 'FACEPIPE_E_STORE_KEY' }, key);
  }
});

test('check removes what a crash left behind, and nothing else', async () => {
  const folder = join(root, 'crash');
  const store = openStore(pathToFileURL(folder).href);
  await store.check();
  const old = '00000000-0000-4000-8000-000000000001.tmp';
  const young = '00000000-0000-4000-8000-000000000002.tmp';
  const foreign = 'notes.tmp';
  for (const name of [old, young, foreign]) await writeFile(join(folder, '.facepipe', name), 'half');
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(join(folder, '.facepipe', old), hourAgo, hourAgo);
  await utimes(join(folder, '.facepipe', foreign), hourAgo, hourAgo);
  await store.check();
  assert.deepEqual((await readdir(join(folder, '.facepipe'))).sort(), [young, foreign].sort());
});

test('a folder that cannot be used is said to be so in one sentence', async () => {
  const file = join(root, 'file');
  await writeFile(file, 'not a folder');
  for (const folder of [file, join(file, 'sub'), '/proc/facepipe', '/dev/null']) {
    const store = openStore(pathToFileURL(folder).href);
    const expected = {
      code: 'FACEPIPE_E_STORE_FOLDER',
      exit: 5,
      message: /^The store folder .* cannot be used: [a-z -]+\. /,
    };
    await assert.rejects(store.check(), expected, folder);
    await assert.rejects(store.put(object('a/b', 'x')), expected, folder);
  }
});

test('a folder in place of a file is reported, not replaced', async () => {
  const folder = join(root, 'blocked');
  await mkdir(join(folder, 'k'), { recursive: true });
  const store = openStore(pathToFileURL(folder).href);
  await assert.rejects(store.put(object('k', 'x')), { code: 'FACEPIPE_E_STORE_FOLDER' });
});

test('a pipe in place of a file holds up nobody, and a larger file is not read', {
  skip: process.platform === 'win32' && 'there are no named pipes',
}, async () => {
  const folder = join(root, 'pipe');
  await mkdir(join(folder, 'k'), { recursive: true });
  for (let n = 0; n < 8; n++) execFileSync('mkfifo', [join(folder, 'k', `pipe${n}`)]);
  const store = openStore(pathToFileURL(folder).href);
  // more than Node has threads for files
  for (let n = 0; n < 8; n++) {
    await assert.rejects(store.put(object(`k/pipe${n}`, 'x')), { code: 'FACEPIPE_E_STORE_FOLDER' });
  }
  const large = await open(join(folder, 'k', 'large'), 'w');
  await large.truncate(2 ** 40);
  await large.close();
  assert.equal(await store.put(object('k/large', 'x')), 'conflict');
  assert.equal(await store.put(object('k/other', 'x')), 'stored');
});

test('URLs that name no folder or no known store are refused', () => {
  for (const url of [
    'file://host/x',
    'file:relative',
    'file://./x',
    'file:///a?b',
    'ftp://x/y',
    '/tmp/x',
    '',
  ]) {
    assert.throws(() => openStore(url), { code: 'FACEPIPE_E_STORE_URL', exit: 2 }, url);
  }
});
