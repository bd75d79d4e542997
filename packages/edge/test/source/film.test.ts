import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { beginningOf, Times } from '../../dist/source/film.js';
import { openSource } from '../../dist/source/open.js';

const now = Date.UTC(2026, 10, 28, 12);
const written = Date.UTC(2026, 10, 1);
const said = (creation: string, duration = '00:00:10.00') =>
  `Input #0, mov, from 'a.mp4':\n  Metadata:\n    creation_time   : ${creation}\n  Duration: ${duration}, start: 0.0\n`;

test('a film begins when its container says, else its duration before it was written, else now', () => {
  const creation = Date.UTC(2026, 4, 1, 10, 30, 0);
  for (const text of ['2026-05-01T10:30:00.000000Z', '2026-05-01 10:30:00', '2026-05-01T12:30:00+02:00'])
    assert.equal(beginningOf(said(text), written, now), creation, text);
  for (const unset of [
    '1904-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '1980-01-01T00:00:00Z',
    '2031-01-01T00:00:00Z',
    'x',
  ])
    assert.equal(beginningOf(said(unset), written, now), written - 10_000, unset);
  assert.equal(beginningOf(said('x', '01:02:03.50'), written, now), written - 3_723_500);
  assert.equal(beginningOf(said('x', 'N/A'), written, now), now);
  assert.equal(beginningOf('', written, now), now);
  assert.equal(beginningOf(said('x'), now + 60_000, now), now);
});

test('the times of pictures are read wherever the text is cut', () => {
  const text =
    '#software: Lavf59\n#tb 0: 1/25\n#dimensions 0: 2x2\n0,  0,  0,  1, 12, 0x1\n0, 1, 1, 1, 12, 0x2\n0, 5, 5, 1, 12, 0x3\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const times = new Times(now);
    times.push(text.slice(0, cut));
    times.push(text.slice(cut));
    assert.equal(times.known, 3);
    const taken = [times.next(), times.next(), times.next(), times.next()].map(
      (time) => time.getTime() - now,
    );
    assert.deepEqual(taken, [0, 40, 200, 200]);
  }
});

const ffmpeg = spawnSync('ffmpeg', ['-version']).error
  ? 'ffmpeg is not installed: apt-get install ffmpeg'
  : false;

test('a frame of a film was captured at the beginning of the film and its position', {
  skip: ffmpeg,
  timeout: 300_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-film-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const make = (name: string, ...more: string[]) => {
    const file = join(folder, name);
    // the third of the five pictures comes late
    const source = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=10:duration=0.5'];
    const late = ['-vf', "setpts='if(gte(N,2),PTS+1/TB,PTS)'", '-fps_mode', 'passthrough'];
    const { status, stderr } = spawnSync(
      'ffmpeg',
      ['-loglevel', 'error', ...source, ...late, ...more, file],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    return file;
  };
  const captured = async (file: string, options = {}) => {
    const source = await openSource(file, options);
    const times: number[] = [];
    for await (const frame of source.frames(new AbortController().signal))
      times.push(frame.captured.getTime());
    return times;
  };
  const begun = Date.UTC(2025, 5, 1, 8);
  const told = make('told.mp4', '-metadata', 'creation_time=2025-06-01T08:00:00Z');
  assert.deepEqual(
    await captured(told),
    [0, 100, 1200, 1300, 1400].map((ms) => begun + ms),
  );
  const paced = await captured(told, { fps: 5 });
  assert.deepEqual(
    paced.slice(1).map((time, i) => time - (paced[i] ?? 0)),
    paced.slice(1).map(() => 200),
  );
  const silent = make('silent.mkv');
  utimesSync(silent, new Date(begun), new Date(begun));
  const times = await captured(silent);
  assert.equal(times.length, 5);
  assert.ok(
    Math.abs((times[0] ?? 0) - (begun - 1500)) <= 20,
    `${begun - (times[0] ?? 0)} ms before it was written`,
  );
});
