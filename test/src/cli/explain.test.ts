import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { facepipe, type Outcome, start } from '../support/program.js';
import { until } from '../support/until.js';

const skip =
  spawnSync('ffmpeg', ['-version']).status === 0 ? false : 'ffmpeg is not installed: apt-get install ffmpeg';
const photos = fileURLToPath(new URL('../../../packages/edge/photos/', import.meta.url));
const astronaut = join(photos, 'astronaut.png');
const folder = mkdtempSync(join(tmpdir(), 'facepipe-explain-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = ({ code, stdout, stderr }: Outcome) => {
  assert.equal(code, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

function refused({ code, stderr, stdout }: Outcome, exit: number, says: RegExp): void {
  assert.equal(code, exit, stderr);
  assert.match(stderr.trim(), says);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  assert.equal(stdout, '');
}

/** A window that wanders over the photograph for two seconds at ten frames a second, then a second without a face. */
const film = join(folder, 'film.mp4');
const frames = 30;

suite('of a clip', { skip }, () => {
  before(() => {
    const wander = "crop=400:300:'if(lt(t,2),40*t,112)':'if(lt(t,2),0,212)'";
    const input = ['-loop', '1', '-framerate', '10', '-i', astronaut];
    const args = [
      '-v',
      'error',
      ...input,
      '-vf',
      `${wander},format=yuv420p`,
      '-frames:v',
      String(frames),
      film,
    ];
    assert.equal(spawnSync('ffmpeg', args).status, 0);
  });

  test('each candidate has its fate: JSON Lines, a frame in each, and the totals last', async () => {
    const lines = linesOf(await facepipe(['explain', film, '--json']));
    const totals = lines.pop();
    assert.deepEqual(
      lines.map(({ frame }) => frame),
      Array.from({ length: frames }, (_, i) => i + 1),
    );
    assert.deepEqual([lines[0].time, lines[10].time, lines[0].width], [0, 1, 400]);
    const candidates = lines.flatMap((line) => line.candidates);
    const sent = candidates.filter(({ fate }) => fate === 'sent');
    assert.equal(sent.length, 1);
    const { box, neighbors, verify, track, visit, quality, qualityParts, why } = sent[0];
    assert.ok(box.width > 60 && neighbors >= 1 && verify >= 0.5 && track >= 1 && visit && quality > 30);
    assert.equal(Object.keys(qualityParts).length, 6);
    assert.equal(why, `best, quality ${quality}`);
    const others = candidates.filter(({ fate }) => fate === 'not-best');
    assert.ok(others.length > 10 && others.every((other) => other.quality <= quality));
    assert.deepEqual([totals.frames, totals.candidates, totals.visits], [frames, candidates.length, 1]);
    assert.deepEqual([totals.pictures, totals.fates.sent, totals.fates['not-best']], [1, 1, others.length]);
  });

  test('as a table, with what the thresholds leave out', async () => {
    const { code, stdout, stderr } = await facepipe(['explain', film, '--verify', '0.99']);
    assert.equal(code, 0, stderr);
    const [head = '', first = ''] = stdout.split('\n');
    assert.match(head, /^ frame +time box +score qual track {2}fate +why$/);
    assert.match(
      first,
      /^ +1 +0:00\.000 \d+x\d+\+\d+\+\d+ +0\.\d\d +below threshold {2}score 0\.\d\d of 0\.99$/,
    );
    assert.match(stdout, /\n30 frames, \d+ candidates, 0 visits, 0 pictures\n {2}below threshold +\d+\n$/);
    const few = await facepipe(['explain', film, '--verify', 'off', '--min-neighbors', '1000']);
    assert.match(few.stdout, / n \d+ +below threshold {2}neighbours \d+, needs more than 1000\n/);
  });

  test('as a film of the same length and size, in which something is drawn', async () => {
    const video = join(folder, 'fates.mp4');
    const { code, stderr } = await facepipe(['explain', film, '--video', video]);
    assert.equal(code, 0, stderr);
    const pixels = (file: string) => {
      const args = ['-v', 'error', '-i', file, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
      return spawnSync('ffmpeg', args, { maxBuffer: 2 ** 26 }).stdout;
    };
    const [plain, drawn] = [pixels(film), pixels(video)];
    assert.deepEqual([plain.length, drawn.length], [frames * 400 * 300, frames * 400 * 300]);
    const different = plain
      .subarray(0, 400 * 300)
      .filter((value, i) => Math.abs(value - (drawn[i] ?? 0)) > 50);
    assert.ok(different.length > 300 && different.length < 30_000, String(different.length));
    const { stderr: said } = spawnSync('ffmpeg', ['-hide_banner', '-i', video], { encoding: 'utf8' });
    assert.match(said, /Duration: 00:00:03\.00.*\b10 fps/s);
  });

  test('a signal ends the clip: what was read of it is explained, and drawn', async () => {
    const long = join(folder, 'long.mp4');
    const input = ['-loop', '1', '-framerate', '10', '-i', astronaut, '-vf', 'crop=400:300:112:212'];
    const args = ['-v', 'error', ...input, '-pix_fmt', 'yuv420p', '-frames:v', '1500', long];
    assert.equal(spawnSync('ffmpeg', args).status, 0);
    const video = join(folder, 'part.mp4');
    const program = start(['explain', long, '--json', '--video', video]);
    await until('a frame is explained', () => program.output().includes('"frame":1,'));
    const { code, stdout, stderr } = await program.stop('SIGINT');
    assert.equal(code, 130, stderr);
    const { frames: read } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    assert.ok(read >= 1 && read < 1500, String(read));
    const count = ['-v', 'error', '-i', video, '-f', 'framecrc', 'pipe:1'];
    const crcs = spawnSync('ffmpeg', count, { encoding: 'utf8' }).stdout.match(/^0,.*$/gm) ?? [];
    assert.equal(crcs.length, read);
  });

  test('no film takes the place of the clip, and one that cannot be written is said', async () => {
    const before = readFileSync(film);
    refused(await facepipe(['explain', film, '--video', film]), 2, /another file than the clip for --video/);
    assert.deepEqual(readFileSync(film), before);
    const nowhere = join(folder, 'nowhere', 'fates.mp4');
    refused(
      await facepipe(['explain', film, '--video', nowhere]),
      1,
      /could not be written: its folder is gone\./,
    );
    const { code, stderr } = await facepipe(['explain', film, '--video', join(folder, 'fates.unknown')]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /fates\.unknown could not be written: .*output format.*\[FACEPIPE_E_OUTPUT\]/);
  });
});

test('without ffmpeg there is a sentence and no film; an image needs none otherwise', async () => {
  const env = { PATH: folder };
  const video = join(folder, 'none.mp4');
  refused(
    await facepipe(['explain', astronaut, '--video', video], { env }),
    2,
    /ffmpeg.*not installed.*_E_VIDEO\] see \S+$/,
  );
  assert.equal(existsSync(video), false);
  const lines = linesOf(await facepipe(['explain', astronaut, '--json'], { env }));
  assert.deepEqual([lines.length, lines[1].frames, lines[1].pictures, lines[1].visits], [2, 1, 1, 1]);
});

test('a folder of images is a clip of 25 frames a second, or as --fps says; broken ones are named', async () => {
  const images = join(folder, 'images');
  mkdirSync(images);
  for (let i = 0; i < 8; i++) {
    const window = { left: 4 * i, top: 0, width: 400, height: 300 };
    await sharp(astronaut)
      .extract(window)
      .toFile(join(images, `${i}.png`));
  }
  const lines = linesOf(await facepipe(['explain', images, '--json']));
  assert.deepEqual([lines[0].file, lines[5].time], [join(images, '0.png'), 0.2]);
  assert.deepEqual([lines[8].visits, lines[8].pictures], [1, 1]);
  const slow = linesOf(await facepipe(['explain', images, '--json', '--fps', '2']));
  assert.equal(slow[5].time, 2.5);
  writeFileSync(join(images, '9.png'), readFileSync(astronaut).subarray(0, 5000));
  const { code, stdout, stderr } = await facepipe(['explain', images]);
  assert.equal(code, 3);
  assert.match(stdout, /\n8 frames, /);
  assert.match(stderr, /9\.png/);
});

test('bad input has one sentence and the right exit code', async () => {
  const text = join(folder, 'text.mp4');
  writeFileSync(text, 'no film\n');
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  copyFileSync(astronaut, join(folder, 'a.png'));
  const cases: [string[], number, RegExp][] = [
    [[], 2, /Expected one clip but received none/],
    [[astronaut, join(folder, 'a.png')], 2, /Expected one clip but received 2/],
    [[join(folder, 'nowhere.mp4')], 3, /nowhere\.mp4.*_E_SOURCE_NOT_FOUND\]/],
    [[text], 3, /text\.mp4.*contains text/],
    [[empty], 3, /_E_SOURCE_EMPTY\]/],
    [[astronaut, '--fps', '0'], 2, /--fps/],
    [[astronaut, '--cascade', 'frontalface_defualt'], 2, /frontalface_default/],
  ];
  for (const [args, exit, says] of cases) refused(await facepipe(['explain', ...args]), exit, says);
});
