import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type FaceIdentity, openSpool, type Spool, type SpoolOptions } from 'facepipe';
import { smallDisk } from '../support/disk.js';
import { between, testRandom } from '../support/random.js';
import { until } from '../support/until.js';

const writer = fileURLToPath(new URL('../support/spool-writer.js', import.meta.url));
const options: SpoolOptions = { brokers: ['a'], maxBytes: 2 ** 30, ttl: 1e9, full: 'drop-oldest' };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'facepipe-spool-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Everything a killed writer had said; a line cut short was not said. */
async function saidBy(child: ChildProcess, killed: (said: string) => Promise<void>): Promise<string[]> {
  let said = '';
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk;
  });
  const closed = once(child, 'close');
  await until(
    () => `the writer stored a face: ${complaint}`,
    () => said.includes('+') || child.exitCode !== null,
  );
  await killed(said);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  assert.equal(signal, 'SIGKILL', complaint);
  return said.split('\n').slice(0, -1);
}

test('killed at any moment, the spool has every face it promised, whole, and its seqs without a hole', async (t) => {
  const path = folder(t);
  const random = testRandom();
  const ids = new Map<number, string>();
  const settled = new Set<number>();
  let last = 0;
  let lastId = '';
  let stream: string | undefined;
  for (let kill = 0; kill < 32; kill++) {
    const child = spawn(process.execPath, [writer, path, String([1, 8, 64][kill % 3])], { stdio: 'pipe' });
    const lines = await saidBy(child, async () => {
      await sleep(between(random, 0, 120));
    });
    for (const line of lines) {
      const [seq = '', id] = line.slice(1).split(' ');
      if (id === undefined) settled.add(Number(seq));
      else {
        assert.ok(!ids.has(Number(seq)), `${seq} was given twice`);
        ids.set(Number(seq), id);
      }
    }
    const spool = await openSpool(path, options);
    try {
      stream ??= spool.stream;
      assert.equal(spool.stream, stream);
      assert.equal(spool.stats().missing, 0);
      const kept = new Map([...spool.pending('a')].map(({ seq, id }) => [seq, id]));
      // all that was promised and not settled; what was stored and not yet said may come on top, each seq once
      for (let seq = last + 1; seq <= spool.seq; seq++) {
        const id = kept.get(seq) ?? ids.get(seq);
        assert.ok(id !== undefined || seq % 3 === 0, `${seq} is a hole`);
        assert.equal(ids.get(seq) ?? id, id);
        if (!settled.has(seq) && seq % 3 !== 0) assert.ok(kept.has(seq), `${seq} is lost`);
        if (id !== undefined) {
          assert.ok(id > lastId, `${id} after ${lastId}`);
          lastId = id;
        }
      }
      for (const seq of ids.keys()) assert.ok(seq <= spool.seq, `${seq} is lost`);
      last = spool.seq;
      for (const [seq, id] of kept) {
        const loaded = await spool.load(seq);
        const size = 1 + ((seq * 7919) % 60_000);
        assert.ok(loaded, `the face ${seq}`);
        assert.ok(loaded.payload.equals(Buffer.alloc(size, id)), `the bytes of ${seq}`);
        assert.deepEqual(loaded.userProperties, { id, stream, seq: String(seq) });
        spool.settle('a', seq);
      }
    } finally {
      await spool.close();
    }
  }
  t.diagnostic(`${ids.size} faces promised, ${last} stored`);
});

test('a second process is told who has the spool', async (t) => {
  const path = folder(t);
  const child = spawn(process.execPath, [writer, path, '1'], { stdio: 'pipe' });
  await saidBy(child, async () => {
    await assert.rejects(openSpool(path, options), ({ code, message }: Error & { code?: string }) => {
      assert.equal(code, 'FACEPIPE_E_SPOOL_LOCKED');
      return message.includes(path);
    });
  });
  await (await openSpool(path, options)).close();
});

const face =
  (size: number) =>
  async ({ seq }: FaceIdentity) => ({ topic: 't', payload: Buffer.alloc(size, seq) });
const wholePending = async (spool: Spool) => {
  const seqs: number[] = [];
  for (const { seq } of spool.pending('a')) {
    const loaded = await spool.load(seq);
    assert.ok(
      loaded?.payload.every((byte) => byte === seq % 256),
      `the bytes of ${seq}`,
    );
    seqs.push(seq);
  }
  return seqs;
};

test('on a full disk the oldest make room, and nothing promised is lost untold', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const path = join(disk, 'spool');
  const spool = await openSpool(path, options);
  const promised: number[] = [];
  let refused = 0;
  for (let turn = 0; turn < 60; turn++) {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => spool.append(face(300_000))));
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') promised.push(outcome.value.seq);
      else {
        assert.equal(outcome.reason.code, 'FACEPIPE_E_SPOOL_DISK_FULL');
        refused++;
      }
    }
  }
  assert.equal(refused, spool.stats().refused);
  await spool.close();
  const again = await openSpool(path, options);
  assert.deepEqual(
    promised,
    Array.from(promised, (_, index) => index + 1),
  );
  assert.ok(promised.length > 400, `${promised.length} promised, ${refused} refused`);
  let dropped = 0;
  await again.takeDropped('a', async (ranges) => {
    assert.deepEqual(
      ranges.map(({ from, reason }) => ({ from, reason })),
      [{ from: 1, reason: 'full' }],
    );
    dropped = ranges[0]?.to ?? 0;
  });
  assert.deepEqual(
    [...Array(dropped).keys()].map((index) => index + 1).concat(await wholePending(again)),
    promised,
  );
  assert.ok(dropped > 0);
  await again.close();
  t.diagnostic(`${promised.length} stored, ${dropped} dropped, ${refused} refused`);
});

test('a disk filled by others: faces are refused, settled ones go, and it goes on when there is room', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const path = join(disk, 'spool');
  const spool = await openSpool(path, { ...options, full: 'stop' });
  const promised: number[] = [];
  const append = async () => promised.push((await spool.append(face(200_000))).seq);
  for (let turn = 0; turn < 40; turn++) await append();
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'others'), Buffer.alloc(bavail * bsize - 100_000));
  await assert.rejects(
    async () => {
      for (;;) await append();
    },
    { code: 'FACEPIPE_E_SPOOL_DISK_FULL' },
  );
  assert.ok(spool.stats().refused > 0);
  // what is there can be read, and freed, on the full disk
  assert.deepEqual(await wholePending(spool), promised);
  for (const seq of promised.slice(0, 20)) spool.settle('a', seq);
  rmSync(join(disk, 'others'));
  const before = promised.length;
  await until('faces are taken again', () =>
    append().then(
      () => true,
      () => false,
    ),
  );
  assert.equal(promised.at(-1), before + 1);
  await spool.close();
  const again = await openSpool(path, { ...options, full: 'stop' });
  assert.deepEqual(await wholePending(again), promised.slice(20));
  await again.close();
});

test('a disk that is full or read-only when capture starts is named', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const path = join(disk, 'spool');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'others'), Buffer.alloc(bavail * bsize));
  await assert.rejects(openSpool(path, options), { code: 'FACEPIPE_E_SPOOL_DISK_FULL' });
  rmSync(join(disk, 'others'));
  const spool = await openSpool(path, options);
  await spool.append(face(1000));
  await spool.close();
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  await assert.rejects(openSpool(path, options), { code: 'FACEPIPE_E_SPOOL_FOLDER' });
});
