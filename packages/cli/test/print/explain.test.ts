import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ExplainedCandidate, ExplainedFrame } from '@facepipe/edge/visit';
import {
  clipTime,
  ExplainCount,
  explainHead,
  explainJson,
  explainRows,
  explainSummary,
} from '../../dist/print/explain.js';

const parts = { size: 60, sharpness: 40, frontality: 90, exposure: 100, edge: 100, motion: 99 };
const sent: ExplainedCandidate = {
  box: { x: 449, y: 183, width: 96, height: 96 },
  neighbors: 12,
  verify: 0.831,
  track: 1,
  visit: true,
  quality: { score: 70, parts },
  fate: 'sent',
  why: 'best, quality 70',
};
const large = { x: 3000, y: 1000, width: 1080, height: 1080 };
const left: ExplainedCandidate = {
  box: large,
  neighbors: 2,
  fate: 'below-threshold',
  why: 'neighbours 2, needs more than 4',
};
const start = 1e12;
const frame: ExplainedFrame = {
  number: 108_000,
  captured: new Date(start + 3_600_033),
  width: 3840,
  height: 2160,
  candidates: [sent, left],
};

suite('the table', () => {
  test('has a line for each candidate, in columns', () => {
    assert.deepEqual(
      [explainHead(), ...explainRows(frame, start)],
      [
        ' frame        time box                 score qual track  fate             why',
        '108000 1:00:00.033 96x96+449+183        0.83   70     1  sent             best, quality 70',
        '108000 1:00:00.033 1080x1080+3000+1000   n 2             below threshold  neighbours 2, needs more than 4',
      ],
    );
    assert.deepEqual(explainRows({ ...frame, candidates: [] }, start), []);
  });

  test('keeps within the terminal, without the last column where that has no room', () => {
    const long = { ...frame, candidates: [{ ...sent, why: 'w'.repeat(100) }, left] };
    for (const columns of [72, 80, 100, 120, 200])
      for (const line of [explainHead(columns), ...explainRows(long, start, columns)])
        assert.ok(line.length <= columns, `${columns}: ${line}`);
    assert.match(explainRows(frame, start, 80)[0] ?? '', /sent$/);
    assert.match(explainRows(long, start, 100)[0] ?? '', / w+…$/);
  });
});

test('times of a clip', () => {
  assert.deepEqual([0, 4133, 59_999.7, 61_000, 3_599_999, 3_600_000].map(clipTime), [
    '0:00.000',
    '0:04.133',
    '1:00.000',
    '1:01.000',
    '59:59.999',
    '1:00:00.000',
  ]);
});

test('a frame as JSON has all that is known', () => {
  const { candidates, ...rest } = JSON.parse(explainJson({ ...frame, file: 'a.png' }, start));
  assert.deepEqual(rest, { frame: 108_000, time: 3600.033, file: 'a.png', width: 3840, height: 2160 });
  const { quality: _, ...known } = sent;
  assert.deepEqual(candidates, [{ ...known, quality: 70, qualityParts: parts }, left]);
});

test('the summary counts frames, candidates, visits, pictures and fates', () => {
  const count = new ExplainCount();
  count.add({ ...frame, candidates: [] });
  for (let i = 0; i < 9; i++) count.add({ ...frame, candidates: [left] });
  count.add(frame);
  assert.deepEqual(explainSummary(count.totals, false).split('\n'), [
    '',
    '11 frames, 11 candidates, 1 visit, 1 picture',
    '  sent              1',
    '  below threshold  10',
  ]);
  const totals = JSON.parse(explainSummary(count.totals, true));
  assert.deepEqual(totals, count.totals);
  assert.deepEqual([totals.fates.sent, totals.fates.static, totals.fates['below-threshold']], [1, 0, 10]);
});
