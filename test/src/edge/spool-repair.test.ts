import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type FaceIdentity, openSpool, type Spool, type SpoolOptions } from 'facepipe';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { count, film, listen, run, scene, folder as scratch, totalsOf } from '../support/delivery.js';
import { smallDisk } from '../support/disk.js';
import { between, testRandom } from '../support/random.js';
import { until } from '../support/until.js';

const writer = fileURLToPath(new URL('../support/spool-writer.js', import.meta.url));
const options: SpoolOptions = { brokers: ['a'], maxBytes: 2 ** 30, ttl: 1e9, full: 'drop-oldest' };
const size = 400_000;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'facepipe-spool-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const face = async ({ id, stream, seq }: FaceIdentity) => {
  return { topic: 't', userProperties: { id, stream, seq: String(seq) }, payload: Buffer.alloc(size, id) };
};

async function fill(path: string, faces: number): Promise<Map<number, string>> {
  const spool = await openSpool(path, options);
  const given = await Promise.all(Array.from({ length: faces }, () => spool.append(face)));
  await spool.close();
  return new Map(given.map(({ seq, id }) => [seq, id]));
}

const loseIndex = (path: string) => {
  const names = readdirSync(path).filter((name) => /^(CURRENT|MANIFEST.*|.*\.(log|ldb))$/.test(name));
  for (const name of names) rmSync(join(path, name));
};

async function checkFaces(spool: Spool, given: ReadonlyMap<number, string>): Promise<void> {
  const ids = new Map([...spool.pending('a')].map(({ seq, id }) => [seq, id]));
  for (const [seq, id] of given) {
    assert.equal(ids.get(seq), id, `the face ${seq}`);
    const { payload } = (await spool.load(seq)) ?? {};
    assert.ok(payload?.equals(Buffer.alloc(size, id)), `the bytes of ${seq}`);
  }
}

/** Ends with the writer; what it had stored by then. */
async function storedBy(child: ChildProcess): Promise<string[]> {
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  await once(child, 'close');
  return [...said.matchAll(/^\+(\d+) .*\n/gm)].map(([, seq = '']) => seq);
}

test('killed at any moment while an index is made anew, a spool has all its faces, and gives no number twice', async (t) => {
  const path = folder(t);
  const given = await fill(path, 150);
  loseIndex(path);
  const begun = performance.now();
  await (await openSpool(path, options)).close();
  const span = 2 * (performance.now() - begun);
  const numbers: string[] = [];
  const random = testRandom();
  let early = 0;
  for (let kill = 0; kill < 10; kill++) {
    loseIndex(path);
    const child = spawn(process.execPath, [writer, path, '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const stored = storedBy(child);
    // from when it has begun a new index
    await until('there is an index', () => existsSync(join(path, 'CURRENT')) || child.exitCode !== null);
    await sleep(between(random, 0, span));
    child.kill('SIGKILL');
    const seqs = await stored;
    if (seqs.length === 0) early++;
    numbers.push(...seqs);
  }
  const all = [...given.keys()].map(String).concat(numbers);
  assert.equal(new Set(all).size, all.length, 'a number was given twice');
  const spool = await openSpool(path, options);
  await checkFaces(spool, given);
  await spool.close();
  t.diagnostic(`${early} of 10 killed before the first face was stored`);
});

test('on a full disk an index is made anew once there is room, and the faces are there', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const path = join(disk, 'spool');
  const given = await fill(path, 20);
  loseIndex(path);
  rmSync(join(path, 'reserve'));
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'others'), Buffer.alloc(bavail * bsize));
  await assert.rejects(openSpool(path, options), { code: 'FACEPIPE_E_SPOOL_DISK_FULL' });
  await assert.rejects(openSpool(path, options), { code: 'FACEPIPE_E_SPOOL_DISK_FULL' });
  rmSync(join(disk, 'others'));
  const spool = await openSpool(path, options);
  assert.equal(spool.repair?.recovered, 20);
  await checkFaces(spool, given);
  assert.equal((await spool.append(face)).seq, 21);
  await spool.close();
});

test('the reserve is room enough to make an index anew on a full disk', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const path = join(disk, 'spool');
  const given = await fill(path, 20);
  loseIndex(path);
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'others'), Buffer.alloc(bavail * bsize));
  const spool = await openSpool(path, options);
  await checkFaces(spool, given);
  await spool.close();
});

test('a capture whose spool lost its index says so, and delivers every face', {
  skip: mosquittoMissing ?? false,
  timeout: 300_000,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  await broker.crash();
  const spool = scratch();
  const args = [...scene, '--broker', broker.url, '--spool', spool];
  const first = totalsOf(await run(t, ...args, ...film(20)).ended);
  loseIndex(spool);
  await broker.restart();
  const heard = await listen(t, broker.url);
  const second = await run(t, ...args, ...film(1)).ended;
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /the spool .* was repaired: its file CURRENT is damaged or missing/);
  assert.match(second.stderr, new RegExp(`${first.spooled} faces recovered from the spool’s files`));
  const all = (first.captured ?? 0) + (totalsOf(second).captured ?? 0);
  assert.deepEqual(
    heard.map(({ seq }) => seq).sort((a, b) => a - b),
    count(1, all),
  );
});
