import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { createRandom } from '../../dist/source/random.js';
import { Disk } from '../../dist/spool/disk.js';
import { openSpool } from '../../dist/spool/open.js';
import { seal } from '../../dist/spool/sealed.js';
import type { Spool, SpoolOptions } from '../../dist/spool/spool.js';
import { brokers, copySpool, damages, faceOf, options } from './damage.js';

const folder = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'facepipe-repair-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
};
const [a = '', b = ''] = brokers;
const pending = (spool: Spool, broker = a) => [...spool.pending(broker)].map(({ seq }) => seq);
const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, turn) => from + turn);
const append = async (spool: Spool, faces: number) => {
  for (let turn = 0; turn < faces; turn++) await spool.append(async (identity) => faceOf(identity));
};
const files = (path: string, pattern: RegExp) => readdirSync(path).filter((name) => pattern.test(name));
const damage = async (path: string, ...kinds: string[]) => {
  for (const kind of kinds) await damages[kind]?.(path, createRandom(1));
};

/** Ten faces of which the first three are settled; four more by a second run. */
async function made(t: TestContext): Promise<{ path: string; stream: string }> {
  const path = join(folder(t), 'spool');
  const first = await openSpool(path, options);
  await append(first, 10);
  for (const seq of [1, 2, 3]) for (const broker of brokers) first.settle(broker, seq);
  first.settle(a, 5);
  await first.close();
  copySpool(path, `${path}-before`);
  const second = await openSpool(path, options);
  await append(second, 4);
  await second.close();
  return { path, stream: second.stream };
}

async function opened(t: TestContext, path: string, over: Partial<SpoolOptions> = {}) {
  const dropped: string[] = [];
  const onDrop: SpoolOptions['onDrop'] = (broker, seq, reason) => dropped.push(`${seq} ${reason} ${broker}`);
  const spool = await openSpool(path, { ...options, onDrop, ...over });
  t.after(() => spool.close());
  return { spool, dropped, missing: spool.stats().missing };
}

const wholeIn = async (spool: Spool, seqs: number[]) => {
  for (const seq of seqs) assert.equal((await spool.load(seq))?.topic, 'facepipe/door/faces', `${seq}`);
};

test('a sound spool is not fixed, and its faces are not read', async (t) => {
  const { path } = await made(t);
  const { spool, missing } = await opened(t, path);
  assert.deepEqual([spool.repair, missing], [undefined, 0]);
  assert.deepEqual(pending(spool), [4, ...count(6, 14)]);
  assert.deepEqual(files(path, /^mark/), [`mark-${spool.stream}-2-4-14`]);
});

for (const kind of ['noIndex', 'state', 'noState', 'entry', 'value'])
  test(`the index is made anew from the faces (${kind})`, async (t) => {
    const { path, stream } = await made(t);
    await damage(path, kind);
    const { spool, dropped, missing } = await opened(t, path);
    assert.deepEqual([spool.stream, missing, dropped], [stream, 0, []]);
    assert.ok(spool.repair);
    assert.deepEqual(pending(spool, b), count(4, 14));
    await wholeIn(spool, count(4, 14));
    await append(spool, 1);
    assert.equal(spool.seq, 15);
    await spool.close();
    const again = await opened(t, path);
    assert.equal(again.spool.repair, undefined);
    assert.deepEqual(pending(again.spool, b), count(4, 15));
  });

test('what an openable index still tells is kept: whom a face is owed to', async (t) => {
  const { path } = await made(t);
  await damage(path, 'noState');
  const { spool } = await opened(t, path, { brokers: [a] });
  assert.deepEqual(pending(spool, b), count(4, 14), 'a broker that is left out of this run');
  assert.deepEqual(pending(spool), [4, ...count(6, 14)]);
});

test('an older index knows no later faces: they are found, and their numbers are not given again', async (t) => {
  const { path, stream } = await made(t);
  await damage(path, 'older');
  const { spool, dropped, missing } = await opened(t, path);
  assert.deepEqual([spool.stream, missing, dropped], [stream, 0, []]);
  assert.equal(spool.repair?.recovered, 4);
  assert.deepEqual(pending(spool), [4, ...count(6, 14)]);
  await append(spool, 1);
  assert.equal(spool.seq, 15);
});

test('an older index whose later faces are gone, too: their numbers are told, and not given again', async (t) => {
  const { path } = await made(t);
  await damage(path, 'older');
  rmSync(join(path, 'segment-00000002'));
  const { spool, missing } = await opened(t, path);
  assert.deepEqual([spool.repair?.unknown, missing], [[{ from: 11, to: 14 }], 4]);
  await append(spool, 1);
  assert.equal(spool.seq, 15);
});

test('a file that is gone costs its faces, each told at once', async (t) => {
  const { path } = await made(t);
  rmSync(join(path, 'segment-00000002'));
  const { spool, dropped, missing } = await opened(t, path);
  const told = count(11, 14).flatMap((seq) => brokers.map((broker) => `${seq} damaged ${broker}`));
  assert.deepEqual([dropped, missing], [told, 0]);
  assert.deepEqual(pending(spool, b), count(4, 10));
  await spool.takeDropped(a, async (ranges) => {
    assert.deepEqual(ranges, [{ broker: a, from: 11, to: 14, reason: 'damaged' }]);
  });
});

test('without index and mark a new stream begins, and what is of the old one is told as of it', async (t) => {
  const { path, stream } = await made(t);
  await damage(path, 'noIndex', 'noMark');
  const { spool, missing } = await opened(t, path);
  assert.notEqual(spool.stream, stream);
  assert.deepEqual([spool.repair?.newStream, missing], [true, 0]);
  assert.deepEqual(
    pending(spool),
    count(1, 14),
    'all that are in the files, as nothing tells what was delivered',
  );
  await append(spool, 1);
  assert.equal(spool.seq, 100_001);
  assert.deepEqual([spool.streamOf(14), spool.streamOf(100_001)], [stream, spool.stream]);
  await spool.close();
  const again = await opened(t, path);
  assert.deepEqual([again.spool.streamOf(14), again.spool.repair], [stream, undefined]);
});

test('ranges that were dropped and not told yet outlive the repair', async (t) => {
  const { path } = await made(t);
  const before = await openSpool(path, options);
  before.abandon(a, 14, 'unsendable');
  await before.close();
  await damage(path, 'entry');
  const { spool } = await opened(t, path);
  let told = 0;
  await spool.takeDropped(a, async (ranges) => {
    told = ranges.length;
    assert.deepEqual(ranges, [{ broker: a, from: 14, to: 14, reason: 'unsendable' }]);
  });
  assert.equal(told, 1);
});

const format1 = JSON.parse(
  readFileSync(new URL('../../test/spool/fixtures/format-1.json', import.meta.url), 'utf8'),
) as { stream: string; ids: string[]; files: Record<string, string> };

/** A spool as the version before wrote it; it lives 18 faces, three of which both brokers have. */
function old(t: TestContext): string {
  const path = folder(t);
  for (const [name, bytes] of Object.entries(format1.files)) writeFileSync(join(path, name), bytes, 'base64');
  return path;
}

async function checkOld(spool: Spool, seqs: number[]): Promise<void> {
  for (const seq of seqs) {
    const { payload, userProperties } = (await spool.load(seq)) ?? {};
    const digest = createHash('sha512').update(String(seq)).digest('hex').repeat(8);
    assert.equal(payload?.toString(), digest);
    assert.equal(userProperties?.id, format1.ids[seq - 1]);
  }
}

test('a spool of format 1 goes on as one of format 2', async (t) => {
  const path = old(t);
  const { spool, missing, dropped } = await opened(t, path);
  assert.deepEqual([spool.repair, missing, dropped, spool.stream], [undefined, 0, [], format1.stream]);
  assert.deepEqual(
    [pending(spool), pending(spool, b)],
    [count(7, 18), [...count(4, 11), 13, ...count(15, 18)]],
  );
  await checkOld(spool, count(4, 18));
  await append(spool, 1);
  assert.equal(spool.seq, 19);
  await spool.close();
  const again = await opened(t, path);
  assert.equal(again.spool.repair, undefined);
  assert.deepEqual(pending(again.spool), count(7, 19));
});

for (const kind of ['noIndex', 'noState', 'entry'])
  test(`a spool of format 1 is made anew from its faces, too (${kind})`, async (t) => {
    const path = old(t);
    await damage(path, kind);
    const { spool, missing } = await opened(t, path);
    assert.equal(missing, 0);
    assert.deepEqual([spool.streamOf(18), spool.repair?.newStream], [format1.stream, kind !== 'entry']);
    const there = pending(spool, b);
    assert.ok(
      count(4, 11).every((seq) => there.includes(seq)),
      `${there}`,
    );
    await checkOld(spool, there);
    await append(spool, 1);
    assert.ok(spool.seq > 18);
  });

test('another program’s database stays as it is, damaged or not', async (t) => {
  const path = folder(t);
  const index = new ClassicLevel(path);
  await index.put('key', 'value');
  await index.close();
  await assert.rejects(openSpool(path, options), { code: 'FACEPIPE_E_SPOOL_FOREIGN' });
  writeFileSync(join(path, 'CURRENT'), 'nonsense');
  const before = readdirSync(path).sort();
  await assert.rejects(openSpool(path, options), { code: 'FACEPIPE_E_SPOOL_FOREIGN' });
  assert.deepEqual(readdirSync(path).sort(), before);
});

test('a spool of a later version is left alone', async (t) => {
  const { path } = await made(t);
  const index = new ClassicLevel<string, Buffer>(path, { valueEncoding: 'buffer' });
  await index.put('state', seal('state', JSON.stringify({ format: 3 })));
  await index.close();
  const refusal = {
    code: 'FACEPIPE_E_SPOOL_DAMAGED',
    message: /format 3.*Nothing in it was changed: keep it/,
  };
  await assert.rejects(openSpool(path, options), refusal);
});

test('an index that is damaged while the program runs is made anew', async (t) => {
  const { path } = await made(t);
  const disk = await Disk.open(path);
  t.after(() => disk.close());
  assert.equal(await disk.reopen(), false);
  for (const name of files(path, /^(CURRENT|MANIFEST)/)) writeFileSync(join(path, name), 'nonsense');
  assert.equal(await disk.reopen(), true);
  let entries = 0;
  for await (const _ of disk.entries()) entries++;
  assert.equal(entries, 0);
});

test('faces are their user’s alone, in a folder that was there before, too', {
  skip: process.platform === 'win32' && 'Windows has no modes',
}, async (t) => {
  const path = join(folder(t), 'spool');
  mkdirSync(path);
  chmodSync(path, 0o755);
  const { spool } = await opened(t, path);
  await append(spool, 1);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  for (const name of files(path, /^(segment|reserve|mark)/))
    assert.equal(statSync(join(path, name)).mode & 0o777, 0o600, name);
});
