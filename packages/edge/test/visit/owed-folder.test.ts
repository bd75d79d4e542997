import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { newId } from '@facepipe/service';
import { decodeOwed, encodeOwed, type OwedFace } from '../../dist/visit/owed-file.js';
import { OwedFolder } from '../../dist/visit/owed-folder.js';

const track = newId();

function face(value: number): OwedFace {
  return {
    pixels: { data: new Uint8Array(12).fill(value), width: 2, height: 2, channels: 3 },
    facts: {
      device: 'door',
      captured: new Date(1e12),
      frame: 7,
      frameSize: { width: 640, height: 480 },
      box: { x: 1, y: 2, width: 2, height: 2 },
      neighbors: 3,
      verify: 0.9,
      track,
      quality: 50,
      qualityParts: { size: 1, sharpness: 2, frontality: 3, exposure: 4, edge: 5, motion: 6 },
      role: 'best',
      detector: 'frontalface_alt2 simd 0.1.0',
    },
  };
}

function spool(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-owed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const never = () => false;

test('a picture comes back as it was, and spoilt bytes come back as nothing', () => {
  const bytes = encodeOwed(face(5));
  assert.deepEqual(decodeOwed(bytes), face(5));
  for (const end of [0, 10, bytes.length - 1]) assert.equal(decodeOwed(bytes.subarray(0, end)), undefined);
  for (let at = 0; at < bytes.length; at += 3) {
    const spoilt = Buffer.from(bytes);
    spoilt[at] = (spoilt[at] ?? 0) ^ 0x11;
    const read = decodeOwed(spoilt);
    // a number in the facts may be another number; pixels never are
    if (read) assert.deepEqual(read.pixels, face(5).pixels);
  }
});

test('what open visits owe is there for the next run, the last of each', async (t) => {
  const folder = spool(t);
  const first = new OwedFolder(folder);
  assert.deepEqual(await first.recover(never), { cutOff: [], damaged: 0 });
  const [a, b] = [newId(), newId()];
  await first.keep(new Map([[a, face(1)]]));
  const better = new Map([
    [a, face(2)],
    [b, face(3)],
  ]);
  await first.keep(better);
  const { cutOff } = await new OwedFolder(folder).recover(never);
  const byVisit = new Map(cutOff.map(({ visit, ...owed }) => [visit, owed]));
  assert.deepEqual(byVisit, better);
  await first.release(a);
  await first.release(b);
  assert.deepEqual(readdirSync(first.folder), []);
});

test('what is in the spool already does not come back, and what is not does', async (t) => {
  const folder = spool(t);
  const first = new OwedFolder(folder);
  await first.recover(never);
  const [stored, lost, unnumbered] = [newId(), newId(), newId()];
  const stream = newId();
  await first.keep(new Map([stored, lost, unnumbered].map((visit) => [visit, face(1)])));
  await first.storing(stored, { id: newId(), stream, seq: 4 }, 7);
  await first.storing(lost, { id: newId(), stream, seq: 5 }, 7);
  // of a visit that has nothing on the disk there is nothing to be sent twice
  await first.storing(newId(), { id: newId(), stream, seq: 6 }, 7);
  const again = new OwedFolder(folder);
  const { cutOff } = await again.recover(({ stream: of, seq }) => of === stream && seq <= 4);
  assert.deepEqual(cutOff.map(({ visit }) => visit).sort(), [lost, unnumbered].sort());
  for (const { visit } of cutOff) await again.release(visit);
  assert.deepEqual(readdirSync(again.folder), []);
});

test('a context comes back with its face, or alone where the face is stored', async (t) => {
  const folder = spool(t);
  const first = new OwedFolder(folder);
  await first.recover(never);
  const around = {
    pixels: { data: new Uint8Array(6).fill(9), width: 6, height: 1, channels: 1 },
    box: { x: 1, y: 0, width: 2, height: 1 },
  } as const;
  const owed = { ...face(1), context: around };
  assert.deepEqual(decodeOwed(encodeOwed(owed)), owed);
  const [whole, half, other, done] = [newId(), newId(), newId(), newId()];
  await first.keep(new Map([whole, half, other, done].map((visit) => [visit, owed])));
  const [stream, of] = [newId(), newId()];
  await first.storing(half, { id: of, stream, seq: 1 }, 7);
  await first.storing(half, { id: newId(), stream, seq: 9 }, 7, 'context');
  // a newer picture than the one here was sent
  await first.storing(other, { id: newId(), stream, seq: 2 }, 8);
  await first.storing(done, { id: newId(), stream, seq: 3 }, 7);
  await first.storing(done, { id: newId(), stream, seq: 4 }, 7, 'context');
  const again = new OwedFolder(folder);
  const { cutOff } = await again.recover(({ seq }) => seq <= 4);
  const expected = [
    { visit: whole, ...owed },
    { visit: half, ...owed, of },
  ];
  const byVisit = (a: { visit: string }, b: { visit: string }) => a.visit.localeCompare(b.visit);
  assert.deepEqual([...cutOff].sort(byVisit), expected.sort(byVisit));
  for (const visit of [whole, half]) await again.release(visit);
  assert.deepEqual(readdirSync(again.folder), []);
});

test('damaged and half-written files are counted or swept, and others are left alone', async (t) => {
  const folder = spool(t);
  const first = new OwedFolder(folder);
  await first.recover(never);
  const [good, bad] = [newId(), newId()];
  await first.keep(new Map([[good, face(1)]]));
  writeFileSync(
    join(first.folder, `${bad}.picture`),
    readFileSync(join(first.folder, `${good}.picture`)).subarray(9),
  );
  writeFileSync(join(first.folder, `${bad}.picture.tmp`), 'half');
  writeFileSync(join(first.folder, `${newId()}.number`), '{}');
  writeFileSync(join(first.folder, 'note.txt'), 'somebody’s');
  const { cutOff, damaged } = await new OwedFolder(folder).recover(never);
  assert.deepEqual([cutOff.map(({ visit }) => visit), damaged], [[good], 1]);
  assert.deepEqual(readdirSync(first.folder).sort(), [`${good}.picture`, 'note.txt'].sort());
});

test('a disk that refuses is said, and the next change is tried again', async (t) => {
  const folder = spool(t);
  const owed = new OwedFolder(folder);
  await owed.recover(never);
  rmSync(owed.folder, { recursive: true });
  const visits = new Map([[newId(), face(1)]]);
  await assert.rejects(owed.keep(visits), { code: 'ENOENT' });
  await new OwedFolder(folder).recover(never);
  await owed.keep(visits);
  assert.equal(readdirSync(owed.folder).length, 1);
});
