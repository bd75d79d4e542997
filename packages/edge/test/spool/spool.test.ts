import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { stateKey } from '../../dist/spool/key.js';
import { openSpool } from '../../dist/spool/open.js';
import { decodeState, encodeState } from '../../dist/spool/state.js';
import type { FaceIdentity } from '../../dist/spool/write-queue.js';
import { append, count, day, defaults, dropped, face, folder, open, pending } from './small-spool.js';

test('faces, stream, seq and ids go on after a restart', async (t) => {
  const path = folder(t);
  const first = await open(t, path);
  const before = await append(first, 3);
  first.settle('a', 2);
  await first.close();
  const second = await open(t, path);
  assert.equal(second.stream, first.stream);
  assert.deepEqual(pending(second), [1, 3]);
  assert.deepEqual(await second.load(3), await face(before[2] as FaceIdentity));
  assert.equal(await second.load(2), undefined);
  const after = await append(second, 2);
  assert.deepEqual(
    after.map(({ seq }) => seq),
    [4, 5],
  );
  const ids = [...before, ...after].map(({ id }) => id);
  assert.deepEqual([...new Set(ids)].sort(), ids);
  const { faces, bytes, brokers, missing } = second.stats();
  assert.equal(missing, 0);
  assert.deepEqual({ faces, bytes }, { faces: 4, bytes: brokers.get('a')?.bytes });
});

test('ids ascend when the clock was set back between two runs', async (t) => {
  const path = folder(t);
  const first = await open(t, path);
  await append(first, 1);
  await first.close();
  // as a clock years ahead would have left it
  const db = new ClassicLevel<string, Buffer>(path, { valueEncoding: 'buffer' });
  const { state } = decodeState((await db.get(stateKey)) ?? Buffer.alloc(0));
  assert.ok(state && 'sum' in state);
  const ahead = '7ZZZZZZZZZZZZZZZZZZZZZZZ00';
  await db.put(stateKey, encodeState({ ...state, id: ahead, wall: state.wall + 3000 * day }));
  await db.close();
  const second = await open(t, path, { ttl: 1000 });
  assert.deepEqual(pending(second), [1]);
  const ids = (await append(second, 3)).map(({ id }) => id);
  assert.deepEqual(
    ids,
    [1, 2, 3].map((digit) => ahead.replace(/.$/, String(digit))),
  );
});

test('a face whose encoder fails leaves no hole', async (t) => {
  const spool = await open(t, folder(t));
  const outcomes = await Promise.allSettled(
    count(1, 20).map((turn) =>
      spool.append(async (identity) => {
        if (turn % 5 === 1) throw new Error('no picture');
        return face(identity);
      }),
    ),
  );
  const seqs = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.seq] : []));
  assert.deepEqual(seqs, count(1, 16));
  for (const seq of seqs) assert.equal((await spool.load(seq))?.userProperties?.seq, String(seq));
});

test('each broker frees its own copy, and the last one the face', async (t) => {
  const path = folder(t);
  const spool = await open(t, path, { brokers: ['a', 'b', 'a'] });
  const [first, , third] = await append(spool, 3);
  assert.equal(spool.settle('a', 1), true);
  assert.equal(spool.settle('a', 1), false);
  assert.equal(spool.settle('nobody', 1), false);
  assert.deepEqual(pending(spool, 'a'), [2, 3]);
  assert.deepEqual(pending(spool, 'b'), [1, 2, 3]);
  const seqs = [first?.id, third?.id, 'unknown'].map((id) => spool.seqOf(id ?? ''));
  assert.deepEqual(seqs, [1, 3, undefined]);
  assert.equal(spool.settle('b', 1), true);
  assert.equal(spool.abandon('b', 3, 'too-large'), true);
  assert.equal(spool.abandon('b', 3, 'too-large'), false);
  assert.equal(spool.stats().brokers.get('b')?.dropped, 1);
  assert.equal(spool.stats().faces, 2);
  await spool.close();
  const again = await open(t, path, { brokers: ['b', 'a'] });
  assert.deepEqual(pending(again, 'a'), [2, 3]);
  assert.deepEqual(pending(again, 'b'), [2]);
  assert.deepEqual(pending(again, 'a', 2), [3]);
});

test('a broker left out finds its faces when it is given again; a new one is owed new faces', async (t) => {
  const path = folder(t);
  const before = await open(t, path, { brokers: ['a', 'b'] });
  await append(before, 4);
  before.settle('b', 3);
  await before.close();
  const spool = await open(t, path, { brokers: ['b', 'c'] });
  assert.deepEqual(pending(spool, 'b'), [1, 2, 4]);
  assert.deepEqual(pending(spool, 'c'), []);
  assert.equal(spool.stats().brokers.get('a')?.faces, 4);
  await append(spool, 1);
  assert.deepEqual(pending(spool, 'c'), [5]);
  for (const seq of pending(spool, 'b')) spool.settle('b', seq);
  await spool.close();
  const again = await open(t, path, { brokers: ['a'] });
  assert.deepEqual(pending(again, 'a'), [1, 2, 3, 4]);
  assert.equal(again.stats().brokers.get('a')?.dropped, 0);
});

test('files with few faces left are emptied into others, and the faces are the same', async (t) => {
  const path = folder(t);
  const spool = await open(t, path, { brokers: ['a', 'b'] });
  const size = 2 ** 20;
  await append(spool, 80, size);
  const held = async () => (await readdir(path)).filter((name) => name.startsWith('segment')).length;
  const before = await held();
  for (let seq = 1; seq <= 80; seq++) {
    if (seq % 8 === 0) continue;
    spool.settle('a', seq);
    spool.settle('b', seq);
  }
  const left = count(1, 80).filter((seq) => seq % 8 === 0);
  // each write copies at most one file
  for (let turn = 0; turn < 12; turn++) {
    await append(spool, 1, 10);
    spool.settle('b', left[turn % 10] ?? 0);
  }
  // 10 MB left: twice that and four files' worth may be held
  assert.ok((await held()) <= 6 && before > 8, `${before} files, then ${await held()}`);
  await spool.close();
  spool.settle('a', 8);
  const again = await open(t, path, { brokers: ['a', 'b'] });
  assert.deepEqual(pending(again), [...left, ...count(81, 92)]);
  assert.deepEqual(pending(again, 'b'), count(81, 92));
  for (const seq of left) assert.deepEqual((await again.load(seq))?.payload, Buffer.alloc(size, seq));
});

test('a face the disk gives back damaged is dropped, told, and not handed out', async (t) => {
  const path = folder(t);
  const before = await open(t, path);
  await append(before, 3);
  await before.close();
  const segment = join(path, 'segment-00000001');
  const bytes = await readFile(segment);
  bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
  await writeFile(segment, bytes);
  const spool = await open(t, path);
  assert.equal(spool.repair, undefined);
  assert.equal(await spool.load(1), undefined);
  assert.ok(await spool.load(2));
  assert.deepEqual(await dropped(spool), [{ broker: 'a', from: 1, to: 1, reason: 'damaged' }]);
  assert.deepEqual(pending(spool), [2, 3]);
});

test('who waits for a face is woken by it', async (t) => {
  const spool = await open(t, folder(t));
  const never = new AbortController();
  const waiting = spool.beyond(0, never.signal);
  await append(spool, 1);
  await waiting;
  await spool.beyond(0, never.signal);
  const more = spool.beyond(1, never.signal);
  never.abort();
  await more;
});

test('a folder that cannot be a spool is refused in a sentence', async (t) => {
  const path = folder(t);
  const spool = await open(t, path);
  await assert.rejects(openSpool(path, defaults), { code: 'FACEPIPE_E_SPOOL_LOCKED' });
  await append(spool, 1);
  await spool.close();

  const file = join(folder(t), 'file');
  writeFileSync(file, '');
  await assert.rejects(openSpool(file, defaults), { code: 'FACEPIPE_E_SPOOL_FOLDER' });
  await assert.rejects(openSpool(join(file, 'spool'), defaults), { code: 'FACEPIPE_E_SPOOL_FOLDER' });

  const full = folder(t);
  writeFileSync(join(full, 'notes.txt'), '');
  await assert.rejects(openSpool(full, defaults), { code: 'FACEPIPE_E_SPOOL_FOREIGN' });
  const other = await mkdtemp(join(folder(t), 'db-'));
  const db = new ClassicLevel(other);
  await db.put('key', 'value');
  await db.close();
  await assert.rejects(openSpool(other, defaults), { code: 'FACEPIPE_E_SPOOL_FOREIGN' });
});
