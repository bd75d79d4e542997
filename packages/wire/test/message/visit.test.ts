import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeVisit, encodeVisit, type VisitMessage } from '../../dist/message/visit.js';

const visit = '01JD5KQ4Z3M8X7Y6W5V4T3S2R1';
const begin = '2026-11-21T12:34:56.789Z';
const begun: VisitMessage = { type: 'begin', visit, begin, active: 2 };
const picture: VisitMessage = {
  ...{ type: 'picture', visit, begin, frames: 12, active: 2 },
  ...{ picture: '01JD5KQ4Z3M8X7Y6W5V4T3S2R2', quality: 87 },
};
const ended: VisitMessage = {
  ...{ type: 'end', visit, begin, end: '2026-11-21T12:35:06Z', frames: 290, quality: 87, active: 1 },
};
const { quality: _, ...unseen } = ended;
const decode = (value: unknown) => decodeVisit(Buffer.from(JSON.stringify(value)));

test('what happens to a visit comes back', () => {
  for (const message of [begun, picture, ended, unseen])
    assert.deepEqual(decodeVisit(encodeVisit(message)), message);
});

test('the JSON has the names that are documented', () => {
  assert.equal(
    String(encodeVisit(ended)),
    `{"type":"end","visit":"${visit}","begin":"${begin}","end":"2026-11-21T12:35:06Z","frames":290,"quality":87,"active":1}`,
  );
});

test('members that are not known are ignored, those of other types too', () => {
  assert.deepEqual(decode({ ...begun, mood: 'good', end: 7, frames: -1 }), begun);
  assert.deepEqual(decode({ ...picture, end: 7 }), picture);
  assert.deepEqual(decode({ ...ended, picture: 7 }), ended);
});

test('what is no visit is undefined', () => {
  const without = (message: VisitMessage, member: string) => ({ ...message, [member]: undefined });
  const wrong: unknown[] = [
    ...[null, 3, 'begin', [], {}, [begun]],
    ...[begun, picture, ended].flatMap((message) =>
      ['type', 'visit', 'begin', 'active'].map((member) => without(message, member)),
    ),
    ...['frames', 'picture', 'quality'].map((member) => without(picture, member)),
    ...['end', 'frames'].map((member) => without(ended, member)),
    { ...begun, type: 'pause' },
    { ...begun, visit: visit.toLowerCase() },
    { ...begun, begin: 1_795_264_496_789 },
    { ...begun, begin: '2026-11-21' },
    { ...begun, begin: '2026-11-21T12:34:56.789+01:00' },
    { ...begun, begin: '2026-13-21T12:34:56.789Z' },
    { ...begun, begin: `2026-11-21T12:34:56.${'7'.repeat(10)}Z` },
    { ...ended, end: 'later' },
    ...[-1, 1.5, '2', 1e300, null].flatMap((count) => [
      { ...begun, active: count },
      { ...picture, frames: count },
    ]),
    ...[-1, 87.4, 101, '87', null].flatMap((quality) => [
      { ...picture, quality },
      { ...ended, quality },
    ]),
    { ...picture, picture: 'ab'.repeat(32) },
    { ...begun, more: 'x'.repeat(4096) },
  ];
  for (const value of wrong) assert.equal(decode(value), undefined, JSON.stringify(value));
  for (const text of ['', '{', '\u0000'])
    assert.equal(decodeVisit(Buffer.from(text)), undefined, JSON.stringify(text));
});

test('what nobody could read back is refused', () => {
  for (const message of [{}, { ...picture, quality: 87.4 }, { ...begun, type: 'pause' }] as VisitMessage[])
    assert.throws(() => encodeVisit(message), { code: 'FACEPIPE_E_ARGUMENT' });
});
