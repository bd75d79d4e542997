// Packs every package, installs the tarballs into an empty folder elsewhere and uses them as a stranger would.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'facepipe-packed-'));
const npm = (args, cwd, stdio = ['ignore', 'pipe', 'inherit']) =>
  execFileSync('npm', args, { cwd, stdio, encoding: 'utf8', shell: process.platform === 'win32' });
const expect = (what, holds) => {
  if (!holds) throw new Error(`packed: expected ${what}`);
  console.log(`packed: ${what}`);
};

try {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  for (const name of ['core', 'service', 'wire', 'edge', 'cloud', 'view', 'cli']) {
    const [packed] = Object.values(
      JSON.parse(npm(['pack', '--json', '--pack-destination', tarballs], join(root, 'packages', name))),
    );
    const files = packed.files.map(({ path }) => path);
    expect(
      `${packed.filename}, ${(packed.size / 1e6).toFixed(2)} MB packed, has no tests or sources inside`,
      !files.some((file) => /\.test\.|^src\/|tsbuildinfo/.test(file)),
    );
    if (name === 'core') {
      expect('core brings the notices of its cascades', files.includes('cascades/LICENSE.txt'));
      expect('core brings the licence of its weights', files.includes('weights/LICENSE.txt'));
    }
  }
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const files = readdirSync(tarballs).map((file) => join(tarballs, file));
  npm(['install', '--ignore-scripts', '--no-fund', '--no-audit', ...files], project);

  const facepipe = (...args) =>
    execFileSync('npx', ['--no-install', 'facepipe', ...args], {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    });
  const photo = join(root, 'packages/edge/photos/astronaut.png');
  const found = JSON.parse(facepipe('detect', photo, '--json', '--cascade', 'frontalface_alt2'));
  expect('`npx facepipe detect` finds the astronaut', found.faces.length === 1);
  const totals = JSON.parse(
    facepipe('demo', '--frames', '100', '--json', '--quiet').trim().split('\n').at(-1),
  );
  expect(
    `\`npx facepipe demo --frames 100\` delivers what it captured: ${JSON.stringify(totals)}`,
    totals.frames === 100 && totals.captured > 0 && totals.stored === totals.captured && totals.lost === 0,
  );
  const prefix = join(folder, 'global');
  npm(
    ['install', '--global', '--prefix', prefix, '--ignore-scripts', '--no-fund', '--no-audit', ...files],
    folder,
  );
  const windows = process.platform === 'win32';
  const installed = windows ? join(prefix, 'facepipe.cmd') : join(prefix, 'bin', 'facepipe');
  const alone = execFileSync(installed, ['detect', photo, '--json', '--cascade', 'frontalface_alt2'], {
    cwd: folder,
    // nothing of this clone, and no program but Node
    env: { PATH: windows ? process.env.PATH : dirname(process.execPath), HOME: folder },
    encoding: 'utf8',
    shell: windows,
  });
  expect('`npm install --global` works alone', JSON.parse(alone).faces.length === 1);
  writeFileSync(
    join(project, 'library.js'),
    `import { createDetector } from '@facepipe/core';
     const detector = await createDetector();
     const faces = await detector.detect({ data: new Uint8Array(64 * 64), width: 64, height: 64, format: 'gray' });
     await detector.close();
     console.log(faces.length);`,
  );
  expect(
    "`import { createDetector } from '@facepipe/core'` works",
    execFileSync(process.execPath, ['library.js'], { cwd: project, encoding: 'utf8' }).trim() === '0',
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
