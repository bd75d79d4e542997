import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cameraDefaults, pictureDefaults, readDetection } from '../../dist/command/detection.js';
import { parseCommandLine } from '../../dist/parse/parser.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-detection-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const model = fileURLToPath(new URL('../../../../models/haarcascade_frontalface_alt2.xml', import.meta.url));

async function read(command: 'capture' | 'detect', ...args: string[]) {
  const invocation = parseCommandLine([command, ...args], { env: {}, version: '0' });
  if (invocation.command !== command) assert.fail(invocation.command);
  const defaults = command === 'detect' ? pictureDefaults : cameraDefaults;
  const { detector, detection } = await readDetection(invocation.options, defaults);
  const cascades = [detector.cascade].flat().map((cascade) => (cascade as { name: string }).name);
  return { cascades: cascades.join(' '), verify: detector.verify, neighbors: detection.minNeighbors };
}

test('a capture verifies what face cascades propose, with few neighbours; off it is as it was', async () => {
  const alt2 = { cascades: 'frontalface_alt2' };
  assert.deepEqual(await read('capture'), { ...alt2, verify: 0.5, neighbors: 1 });
  assert.deepEqual(await read('capture', '--verify', 'off'), { ...alt2, verify: undefined, neighbors: 4 });
  assert.deepEqual(await read('capture', '--verify', '0.7'), { ...alt2, verify: 0.7, neighbors: 1 });
  assert.deepEqual(await read('capture', '--min-neighbors', '3'), { ...alt2, verify: 0.5, neighbors: 3 });
});

test('detect answers as OpenCV does unless it is told to verify', async () => {
  const cascades = 'frontalface_default';
  assert.deepEqual(await read('detect', 'a.png'), { cascades, verify: undefined, neighbors: 3 });
  assert.deepEqual(await read('detect', 'a.png', '--verify', 'on'), { cascades, verify: 0.5, neighbors: 1 });
});

test('what finds no human faces is never verified: the network would refuse it all', async () => {
  for (const cascade of ['fullbody', 'haarcascade_eye.xml', 'lbpcascade_frontalcatface']) {
    const { verify, neighbors } = await read('capture', '--cascade', cascade);
    assert.deepEqual([verify, neighbors], [undefined, 4], cascade);
    await assert.rejects(read('capture', '--cascade', cascade, '--verify', 'on'), {
      code: 'FACEPIPE_E_FLAG',
      message: /^Expected off \(the cascade \w+ finds no human faces\) for --verify but received on/,
    });
  }
  const { verify } = await read('capture', '--cascade', 'frontalface_alt2,upperbody');
  assert.equal(verify, undefined);
});

test('cascades are joined with commas; a file may have one in its name, and is verified when asked', async () => {
  const both = await read('capture', '--cascade', 'frontalface_alt2, haarcascade_profileface.xml');
  assert.deepEqual([both.cascades, both.verify], ['frontalface_alt2 profileface', 0.5]);
  assert.equal((await read('capture', '--cascade', 'profileface,profileface')).cascades, 'profileface');
  const file = join(folder, 'mine, yours.xml');
  copyFileSync(model, file);
  const own = { cascades: 'mine, yours' };
  assert.deepEqual(await read('capture', '--cascade', file), { ...own, verify: undefined, neighbors: 4 });
  assert.deepEqual(await read('capture', '--cascade', file, '--verify', 'on'), {
    ...own,
    verify: 0.5,
    neighbors: 1,
  });
});
