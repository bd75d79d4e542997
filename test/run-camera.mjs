// Runs the tests of real cameras, test/src/camera/*.guest.ts, in the guest that test/lab/camera-vm boots.
// Where that cannot be, says why in one line; with FACEPIPE_TEST_ALL=1 (as in CI) that is a failure.
// Arguments are file name filters; `--bench` measures instead, into docs/speed-camera.md.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { runUnless } from './skippable.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const vm = join(root, 'test/lab/camera-vm');
const bench = process.argv.includes('--bench');
const filters = process.argv.slice(2).filter((argument) => argument !== '--bench');

/** The programs of the guest's other side: they feed cameras, look at them, or are compared with us. */
const programs = { ffmpeg: 'ffmpeg', 'v4l2-ctl': 'v4l-utils', fswebcam: 'fswebcam' };

function inPath(program) {
  return process.env.PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function missing() {
  if (process.platform !== 'linux') return 'needs Linux';
  const packages = Object.entries(programs)
    .filter(([program]) => !inPath(program))
    .map(([, name]) => name);
  const python = bench && spawnSync('/usr/bin/python3', ['-c', 'import cv2']).status !== 0;
  if (python) packages.push('python3-opencv');
  const { status, stderr } = spawnSync(vm, ['missing'], { encoding: 'utf8' });
  const reason = status === 0 ? '' : stderr.trim().replace(/^camera-vm: /, '');
  if (packages.length === 0) return reason;
  return reason.startsWith('not installed')
    ? `${reason} ${packages.join(' ')}`
    : reason || `not installed: apt-get install ${packages.join(' ')}`;
}

function run() {
  const prepared = spawnSync(vm, ['prepare'], { stdio: ['ignore', 2, 2] });
  if (prepared.status !== 0) return prepared.status ?? 1;
  const share = mkdtempSync(join(tmpdir(), 'facepipe-camera-'));
  try {
    const command = bench
      ? [join(root, 'bench/dist/camera.js'), 'speed-camera.md']
      : [
          '--test',
          '--test-force-exit',
          '--test-concurrency=1',
          '--test-reporter=spec',
          ...globSync('test/dist/camera/*.guest.js', { cwd: root, absolute: true })
            .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
            .sort(),
        ];
    if (!bench && command.length === 3) {
      console.error(`test-camera: no test file matches ${filters.join(', ')}`);
      return 1;
    }
    const ran = spawnSync(vm, ['run', share, process.execPath, ...command], { stdio: ['ignore', 1, 2] });
    const page = join(share, 'speed-camera.md');
    if (ran.status === 0 && existsSync(page)) copyFileSync(page, join(root, 'docs/speed-camera.md'));
    return ran.status ?? 1;
  } finally {
    rmSync(share, { recursive: true, force: true });
  }
}

runUnless(missing(), 'test-camera', run);
