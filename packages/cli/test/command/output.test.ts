import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fitStem, Outputs } from '../../dist/command/output.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-output-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const png = Buffer.from('the new picture');

function place(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

test('an input keeps its bytes under every name it has', async () => {
  const at = place('inputs');
  const input = join(at, 'photo.png');
  writeFileSync(input, 'the original');
  linkSync(input, join(at, 'hard.png'));
  symlinkSync(input, join(at, 'soft.png'));
  const outputs = new Outputs([input]);
  for (const stem of ['photo', 'hard', 'soft']) {
    assert.equal(basename(await outputs.write(at, stem, png)), `${stem}~2.png`);
    assert.equal(readFileSync(join(at, `${stem}.png`), 'utf8'), 'the original');
  }
});

test('outputs of one name follow each other, and replace those of an earlier run', async () => {
  const at = place('outputs');
  writeFileSync(join(at, 'a.png'), 'of an earlier run');
  const outputs = new Outputs([]);
  const names = [await outputs.write(at, 'a', png), await outputs.write(at, 'a', png)].map((p) =>
    basename(p),
  );
  assert.deepEqual(names, ['a.png', 'a~2.png']);
  assert.deepEqual(readFileSync(join(at, 'a.png')), png);
});

test('a name of every length fits, and two long ones stay apart', () => {
  for (const stem of ['a'.repeat(251), 'é'.repeat(127), '😀'.repeat(63)]) {
    const fitted = fitStem(stem);
    assert.ok(Buffer.byteLength(fitted) <= 200, fitted);
    assert.ok(fitted.isWellFormed?.() ?? true);
    assert.notEqual(fitStem(`${stem}1`), fitStem(`${stem}2`));
  }
  assert.equal(fitStem('short'), 'short');
});

test('a place that cannot be written to is one sentence', async () => {
  const at = place('blocked');
  mkdirSync(join(at, 'x.png'));
  await assert.rejects(new Outputs([]).write(at, 'x', png), {
    code: 'FACEPIPE_E_OUTPUT',
    exit: 1,
    message: /x\.png could not be written: it is a folder\. /,
  });
});
