import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaceLine, formatDead, formatFace, formatReceipt } from '../../dist/print/line.js';

const id = '01KXWAAAAAAAAAAAAAAAAAAAAA';
const sha256 = 'a'.repeat(64);

const face = (device: string): FaceLine => ({
  ...{ id, device, topic: 't', payload: Buffer.alloc(0), sha256 },
  ...{ format: 'png', contentType: 'image/png', extension: 'png', width: 3840, height: 2160 },
  facts: {
    ...{
      id,
      device,
      stream: id,
      seq: 123_456_789,
      captured: new Date(Date.UTC(2026, 10, 21, 12, 34, 56, 789)),
    },
    ...{ frame: 1, frameSize: { width: 7680, height: 4320 }, neighbors: 5, detector: 'd' },
    box: { x: 3840, y: 2160, width: 1920, height: 1080 },
  },
});
const foreign = (device: string): FaceLine => {
  const { facts: _, ...rest } = face(device);
  return { ...rest, id: sha256 };
};

test('the device is first, then what it is about', () => {
  assert.equal(
    formatFace(face('door'), false),
    `door  face    2026-11-21T12:34:56Z  seq 123456789  1920x1080+3840+2160  ${id}`,
  );
  assert.equal(formatFace(foreign('door'), false), `door  face    foreign png  ${sha256}`);
  assert.equal(formatReceipt('door', [id, id], false), `door  stored  ${id}\ndoor  stored  ${id}`);
  assert.equal(
    formatDead('door', [{ id, reason: 'facts-invalid', sha256 }], false),
    `door  dead    facts-invalid  ${id}`,
  );
});

test('a context is a frame, and as JSON names its face', () => {
  const context = face('door');
  if (context.facts) Object.assign(context.facts, { kind: 'context', of: id });
  assert.match(formatFace(context, false), /^door {2}frame {3}2026-11-21T12:34:56Z {2}seq 123456789 {2}/);
  const { kind, of } = JSON.parse(formatFace(context, true));
  assert.deepEqual([kind, of], ['context', id]);
});

test('as JSON a face has its score, if the network was asked', () => {
  const asked = face('door');
  if (asked.facts) asked.facts.verify = 0.97;
  assert.equal(JSON.parse(formatFace(asked, true)).verify, 0.97);
  assert.ok(!('verify' in JSON.parse(formatFace(face('door'), true))));
});

test('lines have 100 columns at most, whatever the device is called', () => {
  for (const device of [
    'a',
    'front door '.repeat(20),
    '门'.repeat(200),
    '\u001b[2J'.repeat(30),
    '🌳'.repeat(99),
  ]) {
    const dead = formatDead(device, [{ id, reason: 'r'.repeat(64), sha256 }], false);
    const lines = [
      formatFace(face(device), false),
      formatFace(foreign(device), false),
      formatReceipt(device, [id], false),
      dead,
    ];
    for (const line of lines) {
      const columns = [...line].reduce(
        (sum, character) => sum + (character > '\u1100' && character !== '…' ? 2 : 1),
        0,
      );
      assert.ok(columns <= 100, `${columns}: ${line}`);
      assert.ok(!line.includes('\u001b'));
    }
  }
});
