import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { createRandom, integer, pick, type Random } from '../../dist/source/random.js';
import type { SpooledFace } from '../../dist/spool/face.js';
import { openSpool } from '../../dist/spool/open.js';
import type { Spool, SpoolOptions } from '../../dist/spool/spool.js';
import type { FaceIdentity } from '../../dist/spool/write-queue.js';

export const brokers = ['mqtt://a:1883', 'mqtt://b:1883'];

export const options: SpoolOptions = {
  ...{ brokers, maxBytes: 2 ** 30, ttl: 7 * 86_400_000, full: 'drop-oldest' },
};

/** What a spool must have, as whoever used it knows. */
export interface Known {
  /** All that were given, by seq. */
  given: Map<number, FaceIdentity>;
  /** What each broker does not have. */
  owed: Map<string, Set<number>>;
}

/** A face whose bytes follow from its id; some name themselves as those of `capture` do. */
export function faceOf({ id, stream, seq }: FaceIdentity): SpooledFace {
  const size = seq % 37 === 0 ? 9_000_000 : 50 + ((seq * 7919) % 5000);
  const text = createHash('sha256').update(id).digest('hex');
  const payload = Buffer.from(text.repeat(Math.ceil(size / text.length))).subarray(0, size);
  const named = { userProperties: { device: 'door', id, stream, seq: String(seq) } };
  return { topic: 'facepipe/door/faces', payload, ...(seq % 3 > 0 && named) };
}

const isIndex = (name: string) => /^(CURRENT|MANIFEST-.*|.*\.(log|ldb))$/.test(name);
const isSegment = (name: string) => name.startsWith('segment-');
const isMark = (name: string) => name.startsWith('mark-');
/** Copied each time, it would be most of the work, and it is made anew. */
const isCopied = (path: string) => !/(reserve|LOG|LOG\.old|LOCK)$/.test(path);

export const copySpool = (from: string, to: string): void => {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, filter: isCopied });
};

/** Makes a spool in `path` in a few runs, and keeps its index as it was after the first in `${path}-before`. */
export async function makeSpool(path: string, random: Random): Promise<Known> {
  const known: Known = { given: new Map(), owed: new Map(brokers.map((broker) => [broker, new Set()])) };
  const runs = integer(random, 1, 3);
  for (let run = 0; run < runs; run++) {
    const spool = await openSpool(path, options);
    await use(spool, known, random);
    await spool.close();
    if (run === 0) copySpool(path, `${path}-before`);
  }
  return known;
}

async function use(spool: Spool, { given, owed }: Known, random: Random): Promise<void> {
  const faces = integer(random, 3, 45);
  for (let turn = 0; turn < faces; turn++) {
    const identity = await spool.append(async (it) => faceOf(it));
    given.set(identity.seq, identity);
    for (const seqs of owed.values()) seqs.add(identity.seq);
  }
  // brokers take faces in their order, one further than the other, and leave some out
  for (const [broker, seqs] of owed) {
    const until = integer(random, 0, given.size);
    for (const seq of [...seqs]) {
      if (seq > until || integer(random, 0, 9) === 0) continue;
      spool.settle(broker, seq);
      seqs.delete(seq);
    }
  }
}

type Damage = (path: string, random: Random) => Promise<string> | string;

/** A file of a kind is spoilt somehow. */
const spoil =
  (isOne: (name: string) => boolean): Damage =>
  (path, random) => {
    const names = readdirSync(path).filter(isOne);
    if (names.length === 0) return 'nothing';
    const name = pick(random, names);
    const file = join(path, name);
    const bytes = readFileSync(file);
    const at = integer(random, 0, Math.max(0, bytes.length - 1));
    const how = pick(random, ['bit', 'byte', 'torn', 'zeros', 'noise', 'longer', 'removed'] as const);
    if (how === 'removed') rmSync(file);
    else if (how === 'torn') truncateSync(file, at);
    else writeFileSync(file, spoilt(bytes, at, how, random));
    return `${name} ${how} at ${at}`;
  };

function spoilt(
  bytes: Buffer,
  at: number,
  how: 'bit' | 'byte' | 'zeros' | 'noise' | 'longer',
  random: Random,
) {
  const noise = Buffer.from(Array.from({ length: 600 }, () => integer(random, 0, 255)));
  if (how === 'longer') return Buffer.concat([bytes, noise]);
  if (how === 'bit' && at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << integer(random, 0, 7));
  if (how === 'byte' && at < bytes.length) bytes[at] = integer(random, 0, 255);
  if (how === 'zeros') bytes.fill(0, at, Math.min(bytes.length, at + 512));
  if (how === 'noise') noise.copy(bytes, at);
  return bytes;
}

/** Changes the index through LevelDB itself, so that nothing of it looks damaged. */
const edit =
  (what: string, change: (index: ClassicLevel<string, Buffer>, random: Random) => Promise<void>): Damage =>
  async (path, random) => {
    const index = new ClassicLevel<string, Buffer>(path, { valueEncoding: 'buffer' });
    // one damaged before may not open, or not be read
    const done = index.open({ createIfMissing: false }).then(() => change(index, random));
    const outcome = await done.then(
      () => what,
      () => 'nothing',
    );
    await index.close();
    return outcome;
  };

const removeAll =
  (what: string, isOne: (name: string) => boolean): Damage =>
  (path) => {
    for (const name of readdirSync(path).filter(isOne)) rmSync(join(path, name));
    return what;
  };

const entries = { gte: 'entry/', lt: 'entry0' };

export const damages: Record<string, Damage> = {
  segment: spoil(isSegment),
  index: spoil(isIndex),
  log: spoil((name) => name.endsWith('.log')),
  noIndex: removeAll('no index', isIndex),
  noMark: removeAll('no mark', isMark),
  lastTorn: (path, random) => {
    const last = readdirSync(path).filter(isSegment).sort().at(-1);
    if (last === undefined) return 'nothing';
    const { size } = statSync(join(path, last));
    truncateSync(join(path, last), integer(random, 0, size));
    return `${last} torn`;
  },
  older: (path) => {
    const index = readdirSync(path).filter(isIndex);
    for (const name of index) rmSync(join(path, name));
    const before = `${path}-before`;
    for (const name of readdirSync(before).filter(isIndex)) cpSync(join(before, name), join(path, name));
    return 'an older index';
  },
  state: edit('zeroed counters', async (index) => {
    const state = await index.get('state');
    if (state) await index.put('state', state.fill(0));
  }),
  noState: edit('no counters', (index) => index.del('state')),
  entry: edit('an entry less', async (index, random) => {
    const keys = await index.keys(entries).all();
    if (keys.length > 0) await index.del(pick(random, keys));
  }),
  value: edit('an entry changed', async (index, random) => {
    const all = await index.iterator(entries).all();
    if (all.length === 0) return;
    const [key, value] = pick(random, all);
    await index.put(key, spoilt(value, integer(random, 0, value.length - 1), 'bit', random));
  }),
};

/** What one case did and found; throws an AssertionError where the spool did wrong. */
export async function damageCase(base: string, known: Known, path: string, number: number): Promise<string> {
  const random = createRandom(number);
  copySpool(base, path);
  copySpool(`${base}-before`, `${path}-before`);
  const kinds = [pick(random, Object.keys(damages)), pick(random, ['', ...Object.keys(damages)])];
  const done: string[] = [];
  for (const kind of kinds) if (kind in damages) done.push(`${await damages[kind]?.(path, random)}`);
  try {
    return `${kinds.filter(Boolean).sort().join(' + ')}: ${await check(path, known)}`;
  } catch (error) {
    throw new Error(`${done.join(', then ')}: ${error instanceof Error ? error.stack : error}`, {
      cause: error,
    });
  }
}

/** Opens the spool, and looks for each face; then once more. */
export async function check(path: string, { given, owed }: Known): Promise<string> {
  const dropped = new Set<number>();
  const spool = await openSpool(path, { ...options, onDrop: (_, seq) => dropped.add(seq) });
  const { stream } = spool;
  let pending: number[][];
  let lost: number[];
  try {
    const { missing } = spool.stats();
    const whole = new Set<number>();
    for (const seq of new Set(
      brokers.flatMap((broker) => [...spool.pending(broker)].map((face) => face.seq)),
    )) {
      const identity = given.get(seq);
      assert.ok(identity, `${seq} was never given`);
      const face = await spool.load(seq);
      if (face) assert.deepEqual(face, faceOf(identity), `another face for ${seq}`);
      if (face) whole.add(seq);
    }
    pending = brokers.map((broker) => [...spool.pending(broker)].map((face) => face.seq));
    lost = [...new Set([...owed.values()].flatMap((seqs) => [...seqs]))].filter((seq) => !whole.has(seq));
    const told = lost.filter((seq) => dropped.has(seq)).length + missing;
    assert.ok(
      lost.length <= told,
      `${lost.length} faces lost (${lost}), ${told} told, ${missing} as missing`,
    );
    for (const [turn, broker] of brokers.entries())
      for (const seq of owed.get(broker) ?? [])
        assert.ok(!whole.has(seq) || pending[turn]?.includes(seq), `${broker} will not get ${seq}`);
    const next = await spool.append(async (identity) => faceOf(identity));
    const last = Math.max(...given.keys());
    assert.ok(next.seq > last, `${next.seq} after ${last}`);
    assert.ok(![...given.values()].some(({ id }) => id >= next.id), 'an id below one that was given');
    spool.settle('mqtt://a:1883', next.seq);
    spool.settle('mqtt://b:1883', next.seq);
  } finally {
    await spool.close();
  }
  const again = await openSpool(path, options);
  const same = brokers.map((broker) => [...again.pending(broker)].map((face) => face.seq));
  const { repair } = again;
  await again.close();
  assert.deepEqual(
    [again.stream, same, repair],
    [stream, pending, undefined],
    'it is not the same when it is opened again',
  );
  return lost.length > 0 ? 'lost, told' : 'all there';
}
