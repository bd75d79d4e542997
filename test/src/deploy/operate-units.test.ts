import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from 'facepipe';

const shipped = fileURLToPath(new URL('../../../deploy/systemd/', import.meta.url));
const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const missing =
  spawnSync('systemd-analyze', ['--version']).error &&
  'systemd-analyze is not installed: apt-get install systemd';
const units = readdirSync(shipped).filter((name) => name.endsWith('.service'));
const read = (name: string) => readFileSync(join(shipped, name), 'utf8');

/** The units in a folder of their own, with the program of this checkout; templates for the device `door`. */
function install(t: TestContext): { folder: string; names: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-units-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const names = units.map((name) => {
    const text = read(name).replace('ExecStart=facepipe ', `ExecStart=${process.execPath} ${main} `);
    writeFileSync(join(folder, name), text);
    const instance = name.replace('@.', '@door.');
    if (instance !== name) symlinkSync(name, join(folder, instance));
    return instance;
  });
  return { folder, names };
}

test('the units are valid and tightly confined', { skip: missing ?? false }, (t) => {
  const { folder, names } = install(t);
  assert.equal(names.length, 4);
  const analyze = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    return stderr;
  };
  const paths = names.map((name) => `./${name}`);
  assert.equal(analyze('verify', '--man=no', ...paths), '');
  // 10 is no protection at all, 9.6 a plain unit
  for (const path of paths) analyze('security', '--offline=true', '--threshold=20', '--no-pager', path);
});

test('what the units set are flags of their commands', () => {
  for (const name of units) {
    const text = read(name);
    const command = /^ExecStart=facepipe (\w+) /m.exec(text)?.[1] ?? '';
    assert.ok(command in commands, `${name}: ${command}`);
    const { flags } = commands[command as keyof typeof commands];
    const set = [...text.matchAll(/\bFACEPIPE_(\w+)=/g)].map(([, key = '']) =>
      key.toLowerCase().replaceAll('_', '-'),
    );
    const given = [...(/^ExecStart=.*$/m.exec(text)?.[0] ?? '').matchAll(/--([\w-]+)/g)].map(
      ([, flag = '']) => flag,
    );
    assert.deepEqual(
      [...set, ...given].filter((flag) => !(flag in flags)),
      [],
      name,
    );
  }
});
