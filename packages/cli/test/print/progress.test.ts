import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createProgress, look, looksPerLine } from '../../dist/print/progress.js';

function open(options: { quiet?: boolean; columns?: number } = {}) {
  const { quiet = false, columns } = options;
  const reports: string[] = [];
  const stream = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const report = (status: string) => reports.push(status);
  const progress = createProgress(stream as unknown as NodeJS.WriteStream, { quiet, json: true, report });
  return { progress, reports, written: () => String(stream.read() ?? '') };
}

test('where nobody watches, a status is a line a minute at most, and only when it has changed', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { progress, reports } = open();
  let faces = 0;
  progress.start(() => `faces ${faces}`);
  t.mock.timers.tick(look);
  assert.deepEqual(reports, []);
  faces = 7;
  t.mock.timers.tick(look - 1);
  assert.deepEqual(reports, []);
  t.mock.timers.tick(1);
  assert.deepEqual(reports, ['faces 7']);
  for (let second = 1; second < looksPerLine; second++, faces++) t.mock.timers.tick(look);
  assert.deepEqual(reports, ['faces 7']);
  t.mock.timers.tick(look);
  assert.deepEqual(reports, ['faces 7', `faces ${faces}`]);
  for (let second = 0; second < 3 * looksPerLine; second++) t.mock.timers.tick(look);
  assert.deepEqual(reports, ['faces 7', `faces ${faces}`]);
  progress.stop();
});

test('with --json a terminal gets no display, and --quiet no status', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let faces = 0;
  const { progress, reports, written } = open({ columns: 80 });
  progress.start(() => `faces ${++faces}`);
  t.mock.timers.tick(look);
  progress.stop();
  assert.deepEqual([reports, written()], [['faces 2'], '']);
  const quiet = open({ quiet: true });
  quiet.progress.start(() => `faces ${++faces}`);
  t.mock.timers.tick(look);
  assert.deepEqual(quiet.reports, []);
});
