import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newId } from '@facepipe/service';
import type { Pixels, VisitMessage } from '@facepipe/wire';
import type { Taken, UnnumberedFacts } from '../../dist/capture/face-store.js';
import { VisitCapture } from '../../dist/capture/visit-capture.js';
import { decodeImage } from '../../dist/source/image.js';
import type { Frame } from '../../dist/source/source.js';
import { OwedFolder } from '../../dist/visit/owed-folder.js';
import type { VisitsOptions } from '../../dist/visit/visits.js';
import { handClock } from '../hand-clock.js';

const photo = await decodeImage(fileURLToPath(new URL('../../photos/astronaut.png', import.meta.url)));
const box = { x: 170, y: 70, width: 110, height: 110 };
const begun = 1e12;

/** The astronaut, whose face is found a little elsewhere each time, as of somebody who moves. */
function frameAt(number: number): { frame: Frame; face: typeof box & { neighbors: number; verify: number } } {
  const frame: Frame = { ...photo, number, captured: new Date(begun + number * 100) };
  return {
    frame,
    face: { ...box, x: box.x + Math.round(60 * Math.sin(number / 5)), neighbors: 5, verify: 0.9 },
  };
}

/** A spool that can be made to refuse. */
async function setUp(t: TestContext, visits: VisitsOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-visit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const owed = new OwedFolder(folder);
  await owed.recover(() => false);
  const kept: { pixels: Pixels; facts: UnnumberedFacts; id: string; onDisk: string[] }[] = [];
  const messages: VisitMessage[] = [];
  const { clock, pass } = handClock();
  const refusing = { value: false };
  const stream = newId();
  const store = {
    async keep(pixels: Pixels, facts: UnnumberedFacts, taken?: Taken) {
      if (refusing.value) return undefined;
      const identity = { id: newId(), stream, seq: kept.length + 1 };
      await taken?.(identity, undefined);
      kept.push({ pixels, facts, id: identity.id, onDisk: readdirSync(owed.folder) });
      return identity;
    },
    keepContext: async () => undefined,
  };
  const capture = new VisitCapture({
    visits,
    minNeighbors: 4,
    store,
    folder: owed,
    common: { device: 'door', detector: 'stand-in 1' },
    onVisit: (message) => messages.push(message),
    clock,
  });
  const look = async (number: number, seen = true) => {
    const { frame, face } = frameAt(number);
    pass(100);
    const looked = capture.look(frame, seen ? [face] : []);
    // the disk is given pictures one after the other
    await capture.settled();
    return looked;
  };
  return { capture, kept, messages, owed, refusing, look };
}

test('a visit is told from its begin to its end, with the picture that was sent of it', async (t) => {
  const { capture, kept, messages, look, owed } = await setUp(t);
  for (let number = 0; number < 30; number++) await look(number);
  assert.equal(capture.active, 1);
  assert.equal(readdirSync(owed.folder).length, 1);
  for (let number = 30; number < 60; number++) await look(number, false);
  assert.deepEqual(
    messages.map(({ type, active }) => [type, active]),
    [
      ['begin', 1],
      ['picture', 1],
      ['end', 0],
    ],
  );
  const [begin, picture, end] = messages;
  assert.ok(begin && picture?.type === 'picture' && end?.type === 'end');
  assert.deepEqual([picture.visit, end.visit], [begin.visit, begin.visit]);
  assert.equal(begin.begin, new Date(begun).toISOString());
  assert.equal(end.end, new Date(begun + 2900).toISOString());
  assert.equal(end.frames, 30);
  const [sent] = kept;
  assert.ok(sent && kept.length === 1);
  assert.equal(sent.id, picture.picture);
  const { track, role, quality, verify, neighbors, device, qualityParts } = sent.facts;
  assert.deepEqual(
    { track, role, quality, verify, neighbors, device },
    { track: begin.visit, role: 'best', quality: picture.quality, verify: 0.9, neighbors: 5, device: 'door' },
  );
  assert.ok(qualityParts);
  // its number was on the disk before it was stored, and nothing is left
  assert.ok(sent.onDisk.includes(`${begin.visit}.number`), sent.onDisk.join());
  assert.deepEqual(readdirSync(owed.folder), []);
});

test('what a crash cuts off is on the disk, at most a second old, and is sent by the next run', async (t) => {
  const { look, owed, messages } = await setUp(t);
  for (let number = 0; number < 15; number++) await look(number);
  const [begin] = messages;
  assert.ok(begin);
  const recovered = await new OwedFolder(join(owed.folder, '..')).recover(() => false);
  assert.deepEqual(
    recovered.cutOff.map(({ visit }) => visit),
    [begin.visit],
  );
  const next = await setUp(t);
  for (const { visit, ...face } of recovered.cutOff) {
    const renamed = { ...face, facts: { ...face.facts, device: 'window' } };
    await next.capture.resume(visit, renamed);
  }
  assert.deepEqual(
    next.messages.map(({ type, visit, active }) => [type, visit, active]),
    [
      ['picture', begin.visit, 0],
      ['end', begin.visit, 0],
    ],
  );
  assert.deepEqual([next.kept[0]?.facts.track, next.kept[0]?.facts.device], [begin.visit, 'door']);
});

test('a picture that could not be stored is not told, and the visit ends all the same', async (t) => {
  const { capture, kept, messages, refusing, look, owed } = await setUp(t);
  for (let number = 0; number < 15; number++) await look(number);
  refusing.value = true;
  await capture.finish(begun + 1500);
  assert.deepEqual([kept.length, messages.map(({ type }) => type)], [0, ['begin', 'end']]);
  assert.deepEqual(readdirSync(owed.folder), []);
});

test('a visit that never moves is told as such, and not again', async (t) => {
  const { capture, kept, messages } = await setUp(t);
  for (const second of [0, 100])
    for (let number = 0; number < 15; number++) {
      const { frame, face } = frameAt(number);
      const captured = new Date(begun + second * 1000 + number * 100);
      capture.look({ ...frame, captured }, [{ ...face, x: box.x }]);
      await capture.settled();
    }
  await capture.finish(begun + 200_000);
  assert.deepEqual([capture.static, kept.length], [1, 1]);
  assert.deepEqual(
    messages.map(({ type }) => type),
    ['begin', 'picture', 'end'],
  );
});

test('a visit of which no picture is good enough ends without one, and that is counted', async (t) => {
  const { capture, kept, messages, look } = await setUp(t, { minQuality: 100 });
  for (let number = 0; number < 15; number++) await look(number);
  await capture.finish(begun + 1500);
  assert.deepEqual([kept.length, capture.poor, messages.map(({ type }) => type)], [0, 1, ['begin', 'end']]);
});

test('with every, each sure face is told with its visit once that has begun, and nothing waits', async (t) => {
  const { kept, look, owed } = await setUp(t, { send: 'every' });
  const tracks: (string | undefined)[] = [];
  for (let number = 0; number < 15; number++) {
    const [looked] = await look(number);
    assert.ok(looked?.quality);
    tracks.push(looked.track);
  }
  assert.equal(tracks[0], undefined);
  assert.ok(tracks[14] !== undefined);
  assert.deepEqual([kept.length, readdirSync(owed.folder)], [0, []]);
});

test('a camera that is away ends the visits', async (t) => {
  const { capture, messages, look } = await setUp(t);
  for (let number = 0; number < 15; number++) await look(number);
  capture.elapse(begun + 60_000);
  await capture.settled();
  assert.deepEqual([messages.at(-1)?.type, capture.active], ['end', 0]);
});
