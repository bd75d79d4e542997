import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { Audit, type AuditLimits } from '../../dist/audit/audit.js';
import type { DeviceReport } from '../../dist/audit/device.js';

const sha256 = '0'.repeat(64);

/** A face as an audit sees it. */
function arrival(device: string, stream: string, seq: number) {
  const place = { x: 0, y: 0, width: 1, height: 1 };
  const about = {
    captured: new Date(0),
    frame: 0,
    frameSize: place,
    box: place,
    neighbors: 1,
    detector: 'none',
  };
  const id = newId();
  return { id, facts: { id, device, stream, seq, ...about }, sha256 };
}

const rangesIn = (reports: readonly DeviceReport[]): number =>
  reports
    .flatMap(({ streams }) => streams)
    .reduce(
      (sum, { outstanding, missing, dropped }) => sum + outstanding.length + missing.length + dropped.length,
      0,
    );
const find = (audit: Audit, name: string) =>
  audit.report().find(({ device }) => device === name) ?? assert.fail(name);

test('strangers who invent devices, streams and holes push out nobody, and counts stay right', () => {
  const limits: AuditLimits = { devices: 50, streams: 100, pieces: 500, outstanding: 10_000 };
  const audit = new Audit(limits);
  const stream = newId();
  for (let seq = 1; seq <= 40; seq += 2) audit.face('door', arrival('door', stream, seq));
  const before = find(audit, 'door');
  assert.equal(before.streams[0]?.missing.length, 19);
  for (let n = 0; n < 200; n++) {
    const name = `stranger ${n}`;
    for (let run = 0; run < 10; run++) {
      const of = newId();
      for (let seq = 1; seq <= 20; seq += 2) audit.face(name, arrival(name, of, seq));
    }
  }
  assert.deepEqual(find(audit, 'door'), before);
  const reports = audit.report();
  assert.equal(reports.length, 50);
  assert.equal(audit.ignored, 151 * 100);
  for (const { device, seen, missing, outstanding } of reports.slice(1))
    assert.deepEqual([seen, missing, outstanding], [100, 90, 100], device);
  const streams = reports.reduce((sum, report) => sum + report.streams.length, 0);
  assert.ok(streams <= 100 + 50, `${streams} streams`);
  // what is outstanding has ranges of its own, made for the report
  const outstanding = reports.flatMap((report) => report.streams.flatMap((each) => each.outstanding)).length;
  assert.ok(rangesIn(reports) - outstanding <= 500 + 150, `${rangesIn(reports)} ranges`);

  // a known device goes on being followed, with its counts, while there is no room for more places
  audit.dropped('door', [{ stream, from: 2, to: 2, reason: 'full' }]);
  for (let seq = 41; seq <= 99; seq += 2) audit.face('door', arrival('door', stream, seq));
  const door = find(audit, 'door');
  assert.deepEqual([door.seen, door.missing, door.outstanding, door.dropped], [50, 48, 50, 1]);
});

test('a stream that is announced as dropped without end counts what has no place as missing', () => {
  const audit = new Audit({ pieces: 20 });
  const stream = newId();
  for (const seq of [1, 1000]) audit.face('door', arrival('door', stream, seq));
  for (let again = 0; again < 3; again++) {
    const ranges = Array.from({ length: 100 }, (_, n) => ({
      stream,
      from: 3 * n + 2,
      to: 3 * n + 3,
      reason: 'full',
    }));
    audit.dropped('door', ranges);
  }
  const { dropped, missing } = find(audit, 'door');
  assert.equal(dropped + missing, 998);
  assert.ok(dropped >= 2 && dropped <= 40, `${dropped}`);
});

test('a status without losses makes no device', () => {
  const audit = new Audit();
  audit.dropped('somebody', []);
  audit.receipt('somebody', [newId()], [{ id: newId(), reason: 'not-an-image', sha256 }]);
  assert.deepEqual([audit.report(), audit.ignored], [[], 0]);
});

test('two devices with faces of one id are two faces', () => {
  const audit = new Audit();
  const face = arrival('door', newId(), 1);
  audit.face('door', face);
  audit.face('window', { ...face, facts: { ...face.facts, device: 'window' } });
  audit.receipt('door', [face.id], []);
  assert.deepEqual(
    audit.report().map(({ device, stored, outstanding }) => [device, stored, outstanding]),
    [
      ['door', 1, 0],
      ['window', 0, 1],
    ],
  );
});

test('receipts of devices that nobody knows leave those of known ones alone', () => {
  const audit = new Audit();
  const stream = newId();
  audit.face('door', arrival('door', stream, 1));
  const next = arrival('door', stream, 2);
  audit.receipt('door', [next.id], []);
  for (let n = 0; n < 200; n++) audit.receipt(`stranger ${n}`, Array.from({ length: 100 }, newId), []);
  audit.face('door', next);
  assert.equal(find(audit, 'door').stored, 1);
});

test('reasons of death are told apart within the budget', () => {
  const audit = new Audit({ pieces: 10 });
  for (let n = 0; n < 50; n++) {
    const face = arrival('door', 'S', n + 1);
    audit.face('door', face);
    audit.die('door', face.id, `reason-${n}`, sha256);
  }
  const { dead } = find(audit, 'door');
  assert.equal(
    Object.values(dead).reduce((sum, count) => sum + count, 0),
    50,
  );
  assert.ok(Object.keys(dead).length <= 11, `${Object.keys(dead)}`);
});

test('the sums are those of the reports', () => {
  const audit = new Audit();
  assert.equal(audit.standing.devices, 0);
  for (const name of ['door', 'window'])
    for (const seq of [1, 2, 5]) audit.face(name, arrival(name, newId().slice(0, 25) + seq, seq));
  const { standing } = audit;
  assert.deepEqual([standing.devices, standing.seen, standing.outstanding], [2, 6, 6]);
  assert.equal(audit.standing, standing, 'nothing has changed');
  audit.face('door', arrival('door', newId(), 1));
  assert.equal(audit.standing.seen, 7);
});
