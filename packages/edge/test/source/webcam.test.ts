import assert from 'node:assert/strict';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import sharp from 'sharp';
import { openSource } from '../../dist/source/open.js';
import { photoPath } from '../../dist/source/person.js';
import { until } from '../until.js';

const skip = process.platform === 'linux' ? false : 'node-webcam runs fswebcam on Linux only';
const root = await mkdtemp(join(tmpdir(), 'facepipe-webcam-'));
const programs = join(root, 'bin');
const shots = join(root, 'tmp');
const log = join(root, 'log');
const { PATH, TMPDIR } = process.env;
after(async () => {
  Object.assign(process.env, { PATH });
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await rm(root, { recursive: true, force: true });
});
await mkdir(programs);
await mkdir(shots);
await sharp(photoPath('astronaut.png')).resize(120).jpeg().toFile(join(root, 'shot.jpg'));

beforeEach(async () => {
  process.env.PATH = `${programs}${delimiter}${PATH}`;
  process.env.TMPDIR = shots;
  await rm(log, { force: true });
});

/** Puts a program named fswebcam first on PATH: its last argument is the file to write, as for the real one. */
async function standIn(script: string): Promise<void> {
  const path = join(programs, 'fswebcam');
  await writeFile(path, `#!/bin/sh\nfor file; do :; done\necho "$*" >> ${log}\n${script}\n`);
  await chmod(path, 0o755);
}

const emptied = async () => (await readdir(shots)).length === 0;
const never = new AbortController().signal;
const title = (text: string) => `${text} (with a stand-in for fswebcam, as no camera can be had here)`;

test(title('pictures become live frames, and nothing is left on disk'), { skip }, async () => {
  await standIn(`cp ${root}/shot.jpg "$file"`);
  const source = await openSource('webcam:/dev/null', { width: 320, height: 200 });
  assert.deepEqual([source.name, source.live], ['webcam:/dev/null', true]);
  let seen = 0;
  for await (const frame of source.frames(never)) {
    seen += 1;
    assert.deepEqual([frame.number, frame.width, frame.format], [seen, 120, 'rgb']);
    if (seen === 3) break;
  }
  const calls = (await readFile(log, 'utf8')).trim().split('\n');
  assert.equal(calls.length, 3);
  for (const call of calls) assert.match(call, /-r 320x200 .*--jpeg 95 .*-d \/dev\/null .*--no-banner/);
  await until(emptied);
});

test(title('a program that exits 0 without a picture is an error, and no old picture is taken for new'), {
  skip,
}, async () => {
  await standIn(
    `[ $(wc -l < ${log}) -le 2 ] && cp ${root}/shot.jpg "$file"; echo "Error opening device" >&2; exit 0`,
  );
  let seen = 0;
  const reading = async () => {
    for await (const _ of (await openSource('webcam')).frames(never)) seen += 1;
  };
  await assert.rejects(reading, {
    code: 'FACEPIPE_E_WEBCAM_FAILED',
    exit: 3,
    message: /^No picture came from webcam in 5 attempts in a row: /,
  });
  assert.equal(seen, 2);
  await until(emptied);
});

test(title('single failures are passed over, broken pictures counted'), { skip }, async () => {
  await standIn(
    `case $(wc -l < ${log}) in 1) exit 1;; 2) head -c 700 ${root}/shot.jpg > "$file";; *) cp ${root}/shot.jpg "$file";; esac`,
  );
  const source = await openSource('webcam');
  for await (const frame of source.frames(never)) {
    assert.equal(frame.number, 1);
    break;
  }
  assert.equal(source.corrupt, 1);
});

test(title('no device name reaches the shell unless it is plain'), { skip }, async () => {
  await standIn(`cp ${root}/shot.jpg "$file"`);
  const mark = join(root, 'owned');
  const names = [
    `$(touch ${mark})`,
    `/dev/null;touch ${mark}`,
    `/dev/$(touch ${mark})`,
    '/dev/video0 -o x',
    "'",
    '-x',
    '/dev/../etc/passwd\n',
  ];
  for (const name of names) {
    await assert.rejects(openSource(`webcam:${name}`), { code: 'FACEPIPE_E_SOURCE_SPEC', exit: 2 }, name);
  }
  await assert.rejects(openSource('webcam:/dev/video987'), { code: 'FACEPIPE_E_SOURCE_NOT_FOUND', exit: 3 });
  await assert.rejects(access(mark));
});

test(title('no folder name reaches the shell unless it is plain'), { skip }, async () => {
  await standIn(`cp ${root}/shot.jpg "$file"`);
  const folder = join(root, `$(touch owned)`);
  await mkdir(folder);
  process.env.TMPDIR = folder;
  for await (const _ of (await openSource('webcam')).frames(never)) break;
  assert.deepEqual(await readdir(folder), []);
  await assert.rejects(access('owned'));
});

test('a missing fswebcam is named, with how to install it', { skip }, async () => {
  const bare = join(root, 'bare');
  await mkdir(bare, { recursive: true });
  process.env.PATH = bare;
  const reading = async () => {
    for await (const _ of (await openSource('webcam')).frames(never)) assert.fail('a frame');
  };
  await assert.rejects(reading, {
    code: 'FACEPIPE_E_WEBCAM_MISSING',
    exit: 3,
    message: /apt-get install fswebcam/,
  });
});

test(title('abort does not wait for a camera that hangs'), { skip }, async () => {
  await standIn('sleep 2');
  const abort = new AbortController();
  const waiting = (await openSource('webcam')).frames(abort.signal)[Symbol.asyncIterator]().next();
  await until(() =>
    access(log).then(
      () => true,
      () => false,
    ),
  );
  abort.abort();
  assert.equal((await waiting).done, true);
  await until(emptied);
});
