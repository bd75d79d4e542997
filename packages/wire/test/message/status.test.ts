import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeStatus, encodeStatus, type Status } from '../../dist/message/status.js';

const status: Status = {
  state: 'online',
  instance: '01JD5KQ4Z3M8X7Y6W5V4T3S2R1',
  version: '0.1.0',
  since: '2026-11-21T12:34:56.789Z',
  uptime: 3.5,
  totals: { frames: 100 },
  rates: { frames: 29.97 },
};

test('a status comes back', () => {
  assert.deepEqual(decodeStatus(encodeStatus(status)), status);
  const away: Status = { ...status, state: 'offline', reason: 'the camera is away' };
  assert.deepEqual(decodeStatus(encodeStatus(away)), away);
  const dropped = [{ stream: status.instance, from: 3, to: 7, reason: 'full' }];
  assert.deepEqual(decodeStatus(encodeStatus({ ...status, dropped }))?.dropped, dropped);
  for (const active of [0, 2])
    assert.equal(decodeStatus(encodeStatus({ ...status, active }))?.active, active, 'visits');
});

test('what is no status is undefined, an empty payload too', () => {
  const wrong: unknown[] = [
    null,
    [],
    {},
    { ...status, state: 'busy' },
    { ...status, uptime: '3' },
    { ...status, reason: 3 },
    { ...status, active: -1 },
    { ...status, active: 1.5 },
    { ...status, active: '2' },
    { ...status, rates: [1] },
    { ...status, totals: { frames: '1' } },
    { ...status, dropped: {} },
    { ...status, dropped: [{ stream: 'x', from: 1, to: 2, reason: 'full' }] },
    { ...status, dropped: [{ stream: status.instance, from: 3, to: 2, reason: 'full' }] },
    { ...status, dropped: [{ stream: status.instance, from: 1, to: 1e300, reason: 'full' }] },
    { ...status, dropped: [{ stream: status.instance, from: 1, to: 2, reason: 'x'.repeat(65) }] },
    { ...status, dropped: [{ stream: status.instance, from: 1, to: 2, reason: 'a\u001b[2J' }] },
    { ...status, dropped: new Array(501).fill({ stream: status.instance, from: 1, to: 2, reason: 'full' }) },
    { ...status, instance: 'x'.repeat(101) },
    { ...status, version: 'x'.repeat(101) },
    { ...status, since: 'x'.repeat(101) },
    { ...status, reason: 'x'.repeat(1001) },
    { ...status, totals: { ['x'.repeat(65)]: 1 } },
    { ...status, rates: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`x${n}`, n])) },
    { ...status, more: 'x'.repeat(65_536) },
  ];
  for (const value of wrong) assert.equal(decodeStatus(Buffer.from(JSON.stringify(value))), undefined);
  assert.equal(decodeStatus(Buffer.alloc(0)), undefined);
});

test('a reason longer than others take is cut', () => {
  const reason = 'x'.repeat(5000);
  const came = decodeStatus(encodeStatus({ ...status, state: 'offline', reason }));
  assert.equal(came?.reason, `${'x'.repeat(999)}…`);
});
