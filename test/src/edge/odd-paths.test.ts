import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { smallDisk } from '../support/disk.js';
import { facepipe, freshFolder, type Outcome } from '../support/program.js';

const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));
const linux = process.platform === 'linux' ? false : 'Linux only';

/** One sentence on why, with its code, and no stack. */
function said({ code, stderr }: Outcome, exit: number, says: RegExp): void {
  assert.equal(code, exit, stderr);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  assert.match(last, says);
  assert.match(last, /\[FACEPIPE_E_[A-Z_]+\] see \S+#facepipe_e_[a-z_]+$/);
  assert.doesNotMatch(stderr, /^\s+at /m);
}

test('a folder where none can be made is refused, and does not hang', { skip: linux }, async () => {
  const away = 'mqtt://127.0.0.1:1';
  const store = `file://${freshFolder('facepipe-bucket-')}`;
  const scene = ['capture', '--source', 'demo', '--broker', away];
  const place = '/proc/x/y';
  const cases: [args: string[], exit: number][] = [
    [[...scene, '--spool', place], 2],
    [['demo', '--data', place], 2],
    [['broker', '--port', '0', '--data', place], 2],
    [['forward', '--to', away, '--to-topic', 'cloud/{device}', '--state', place], 2],
    [['sink', '--broker', away, '--store', store, '--state', place], 2],
    [['log', '--audit', '--broker', away, '--state', place], 2],
    [['sink', '--broker', away, '--store', `file://${place}`], 5],
    [['sink', '--broker', away, '--store', store, '--quarantine', `file://${place}`], 5],
    [['detect', photo, '--crops', place], 2],
    [['detect', photo, '--annotate', place], 2],
  ];
  for (const [args, exit] of cases) said(await facepipe(args), exit, /\/proc\/x/);
  said(await facepipe(scene, { env: { FACEPIPE_SPOOL: '/proc/1/x' } }), 2, /\/proc\/1\/x/);
});

test('a file in place of a folder, or of a part of its path, is said', async () => {
  const file = join(freshFolder('facepipe-file-'), 'plain');
  writeFileSync(file, 'x');
  for (const [path, why] of [
    [file, /it is not a folder/],
    [join(file, 'in'), /a part of its path is not a folder/],
  ] as const) {
    said(await facepipe(['detect', photo, '--crops', path]), 2, why);
    said(await facepipe(['demo', '--data', path]), 2, why);
  }
  assert.equal(readFileSync(file, 'utf8'), 'x');
});

test('detect onto a full disk: one sentence', async (t) => {
  const disk = smallDisk(t);
  if (!disk) return;
  fill(disk);
  for (const flag of ['--crops', '--annotate']) {
    said(await facepipe(['detect', photo, flag, join(disk, 'out')]), 1, /the disk is full/);
  }
});

test('detect into a pipe or a file that takes no more: one sentence', {
  skip: existsSync('/dev/full') ? false : 'there is no /dev/full: Linux only',
}, async () => {
  for (const flag of ['--crops', '--annotate']) {
    said(await facepipe(['detect', photo, flag, '/dev/full']), 2, /it is not a folder/);
  }
});

test('a demo whose disk fills says which faces were lost, and why', async (t) => {
  const disk = smallDisk(t);
  if (!disk) return;
  const data = join(disk, 'data');
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(36 * 2 ** 20, 1));
  // by frames, not by time: a slow machine looks at fewer of them in a second
  const picture = ['--padding', '2', '--width', '1280', '--height', '720'];
  const flags = ['--send', 'every', '--fps', '30', '--frames', '450', ...picture];
  const outcome = await facepipe(['demo', '--data', data, '--name', 'door', '--quiet', ...flags]);
  assert.doesNotMatch(outcome.stderr, /^\s+at /m);
  const lost = Number(/, lost (\d+)/.exec(outcome.stdout)?.[1]);
  assert.ok(lost > 0, outcome.stdout + outcome.stderr);
  said(outcome, 1, new RegExp(`^facepipe: ${lost} faces were dropped or refused`));
  // those that gave way to newer ones, by their numbers, and those that never got in, by their frames
  const dropped = [
    ...outcome.stderr.matchAll(/dropped faces? (\d+)(?: to (\d+))? of stream .*: the spool had no room/g),
  ];
  const refused = [...outcome.stderr.matchAll(/lost (\d+) faces? of frames? \d+.*full/g)];
  const told = [
    ...dropped.map(([, from, to = from]) => Number(to) - Number(from) + 1),
    ...refused.map(([, faces]) => Number(faces)),
  ];
  assert.equal(
    told.reduce((sum, faces) => sum + faces, 0),
    lost,
    outcome.stderr,
  );
});

/** Writes until there is no room for another byte. */
function fill(disk: string): void {
  const file = openSync(join(disk, 'ballast'), 'w');
  try {
    for (let piece = 2 ** 20; piece >= 1; ) {
      try {
        writeFileSync(file, Buffer.alloc(piece, 1));
      } catch {
        piece = Math.floor(piece / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}
