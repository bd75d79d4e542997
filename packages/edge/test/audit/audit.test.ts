import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { Audit } from '../../dist/audit/audit.js';
import { arrival, faces, stream } from './arrival.js';

const only = (audit: Audit) => audit.report()[0] ?? assert.fail();

test('what has a receipt is stored, what has none is outstanding, by range', () => {
  const audit = new Audit();
  const sent = faces(10, 19);
  for (const face of sent) audit.face('door', face);
  audit.receipt(
    'door',
    sent.slice(0, 4).map(({ id }) => id),
    [],
  );
  audit.receipt('door', [sent[8]?.id ?? ''], []);
  const report = only(audit);
  assert.deepEqual([report.seen, report.stored, report.outstanding, report.missing], [10, 5, 5, 0]);
  assert.deepEqual(report.streams[0]?.outstanding, [
    [14, 17],
    [19, 19],
  ]);
  assert.equal(report.streams[0]?.first, 10, 'nothing is missing before the first that was seen');
});

test('a repeat is one, and does not become outstanding again', () => {
  const audit = new Audit();
  const face = arrival(1);
  audit.face('door', face);
  audit.face('door', face);
  audit.receipt('door', [face.id], []);
  audit.face('door', face);
  const { seen, repeats, stored, outstanding } = only(audit);
  assert.deepEqual([seen, repeats, stored, outstanding], [1, 2, 1, 0]);
});

test('a receipt may come before its face', () => {
  const audit = new Audit();
  const [first, second] = [arrival(1), arrival(2)];
  audit.face('door', first);
  audit.receipt('door', [second.id, first.id], []);
  audit.face('door', second);
  assert.deepEqual([only(audit).stored, only(audit).outstanding], [2, 0]);
});

test('a receipt on another device’s topic counts for nothing', () => {
  const audit = new Audit();
  const face = arrival(1);
  audit.face('door', face);
  audit.receipt('window', [face.id], [{ id: face.id, reason: 'x', sha256: face.sha256 }]);
  assert.deepEqual([only(audit).stored, only(audit).outstanding], [0, 1]);
});

test('numbers that never came are missing, unless they were announced as dropped', () => {
  const audit = new Audit();
  const sent = [...faces(1, 3), ...faces(8, 9)];
  for (const face of sent) audit.face('door', face);
  audit.receipt(
    'door',
    sent.map(({ id }) => id),
    [],
  );
  assert.deepEqual(only(audit).streams[0]?.missing, [[4, 7]]);
  audit.dropped('door', [{ stream, from: 2, to: 5, reason: 'full' }]);
  const report = only(audit);
  assert.deepEqual(report.streams[0]?.missing, [[6, 7]]);
  assert.deepEqual([report.dropped, report.missing, report.outstanding], [4, 2, 0]);
});

test('thousands of dropped ranges, each announced again and again, are counted once', () => {
  const audit = new Audit();
  audit.face('door', arrival(1));
  for (let seq = 2; seq < 6000; seq += 3) {
    const ranges = [seq - 3, seq]
      .filter((from) => from > 1)
      .map((from) => ({ stream, from, to: from + 1, reason: 'full' }));
    audit.dropped('door', ranges);
    audit.face('door', arrival(seq + 2));
  }
  const { seen, dropped, missing } = only(audit);
  assert.deepEqual([seen, dropped, missing], [2001, 4000, 0]);
});

test('a face that died is dead by its bytes, whoever says so', () => {
  const audit = new Audit();
  const [first, second] = [arrival(1), arrival(2)];
  for (const face of [first, second]) audit.face('door', face);
  audit.receipt('door', [], [{ id: first.id, reason: 'facts-invalid', sha256: 'of other bytes' }]);
  assert.equal(only(audit).outstanding, 2);
  audit.receipt('door', [], [{ id: first.id, reason: 'facts-invalid', sha256: first.sha256 }]);
  audit.die('door', second.id, 'too-large', second.sha256);
  assert.deepEqual(only(audit).dead, { 'facts-invalid': 1, 'too-large': 1 });
  assert.equal(only(audit).outstanding, 0);
});

test('foreign pictures are followed by their digests', () => {
  const audit = new Audit();
  const [a, b] = ['a', 'b'].map((id) => ({ id: id.repeat(64), sha256: id.repeat(64) }));
  assert.ok(a && b);
  for (const picture of [a, a, b]) audit.face('esp32', picture);
  audit.receipt('esp32', [a.id], []);
  const { seen, repeats, stored, outstanding } = only(audit);
  assert.deepEqual([seen, repeats, stored, outstanding], [2, 1, 1, 1]);
});

test('beyond the limit the oldest stay outstanding for good, without their ids', () => {
  const audit = new Audit({ outstanding: 10 });
  const sent = faces(1, 100);
  for (const face of sent) audit.face('door', face);
  audit.receipt(
    'door',
    sent.map(({ id }) => id),
    [],
  );
  const report = only(audit);
  assert.deepEqual([report.stored, report.outstanding], [10, 90]);
  assert.deepEqual(report.streams[0]?.outstanding, [[1, 90]]);
});

test('months of streams, holes and strangers stay within bounds, and the counts stay right', () => {
  const audit = new Audit({ devices: 2 });
  for (let run = 0; run < 300; run++) {
    const sent = [...faces(1, 2, newId()), ...faces(4, 4, newId())];
    for (const face of sent) audit.face('door', face);
    audit.receipt(
      'door',
      sent.map(({ id }) => id),
      [],
    );
  }
  const torn = newId();
  for (let seq = 1; seq <= 5000; seq += 2) audit.face('door', arrival(seq, 'door', torn));
  for (let n = 0; n < 5; n++) audit.face(`stranger ${n}`, arrival(1, `stranger ${n}`));
  const [report] = audit.report();
  assert.ok(report);
  assert.equal(report.seen, 300 * 3 + 2500);
  assert.equal(report.missing, 2499);
  assert.ok(report.streams.length <= 100);
  assert.ok((report.streams.at(-1)?.missing.length ?? 0) <= 1000);
  assert.equal(audit.report().length, 2);
  assert.equal(audit.ignored, 4);
});
