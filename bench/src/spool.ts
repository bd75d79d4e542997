import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSpool, type Spool, type SpoolOptions } from 'facepipe';
import { machine } from './machine.js';
import { table } from './table.js';

// node dist/spool.js [--short] [FOLDER]: the spool on the disk of FOLDER (default: that of temporary files)

const short = process.argv.includes('--short');
const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? tmpdir();
const size = 20_000;
const megabyte = 1e6;
const options: SpoolOptions = { brokers: ['broker'], maxBytes: 2 ** 30, ttl: 1e12, full: 'drop-oldest' };

async function fresh<T>(changed: Partial<SpoolOptions>, work: (spool: Spool, path: string) => Promise<T>) {
  const path = mkdtempSync(join(folder, 'facepipe-spool-'));
  try {
    const spool = await openSpool(path, { ...options, ...changed });
    try {
      return await work(spool, path);
    } finally {
      await spool.close();
    }
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

const append = (spool: Spool) =>
  spool.append(async ({ seq }) => ({ topic: 'facepipe/door/faces', payload: Buffer.alloc(size, seq) }));

/** `count` appends, so many at a time; `each` comes after each. */
async function run(
  spool: Spool,
  count: number,
  inFlight: number,
  each: (seq: number) => void,
): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) each((await append(spool)).seq);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

/** Bytes this process made the disk write, where the system counts them. */
function written(): number {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  } catch {
    return Number.NaN;
  }
}

const used = (path: string) =>
  readdirSync(path)
    .filter((name) => name !== 'reserve')
    .reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
const rss = () => Math.round(process.memoryUsage.rss() / megabyte);

async function rate(inFlight: number): Promise<(string | number)[]> {
  return await fresh({}, async (spool) => {
    const count = short ? 20 * inFlight : 100 * inFlight + 400;
    const times: number[] = [];
    const start = performance.now();
    let left = count;
    const lane = async () => {
      while (left-- > 0) {
        const begun = performance.now();
        await append(spool);
        times.push(performance.now() - begun);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    const seconds = (performance.now() - start) / 1000;
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1);
    return [inFlight, count, Math.round(count / seconds), at(0.5), at(0.99)];
  });
}

/** Faces pass through a spool that is always full. */
async function passThrough(): Promise<(string | number)[]> {
  return await fresh({ maxBytes: 100 * megabyte }, async (spool, path) => {
    const count = (short ? 300 * megabyte : 5000 * megabyte) / size;
    const before = written();
    let most = 0;
    const start = performance.now();
    await run(spool, count, 64, (seq) => {
      if (seq % 1000 === 0) most = Math.max(most, used(path));
    });
    const seconds = (performance.now() - start) / 1000;
    const amplification = ((written() - before) / (count * size)).toFixed(2);
    return [
      (count * size) / megabyte,
      Math.round(count / seconds),
      Math.round(most / megabyte),
      amplification,
    ];
  });
}

/** Faces are settled as soon as they are stored; memory at the start and at each tenth. */
async function settling(): Promise<(string | number)[][]> {
  return await fresh({}, async (spool, path) => {
    const tenth = short ? 1000 : 10_000;
    const rows: (string | number)[][] = [[0, rss(), 0]];
    for (let part = 1; part <= 10; part++) {
      await run(spool, tenth, 64, (seq) => spool.settle('broker', seq));
      rows.push([part * tenth, rss(), Math.round(used(path) / megabyte)]);
    }
    return rows;
  });
}

/** Opening a spool with a backlog, and reading it all. */
async function reopening(): Promise<(string | number)[]> {
  const path = mkdtempSync(join(folder, 'facepipe-spool-'));
  try {
    const count = short ? 2000 : 50_000;
    const before = await openSpool(path, options);
    await run(before, count, 64, () => {});
    await before.close();
    const start = performance.now();
    const spool = await openSpool(path, options);
    const opened = performance.now() - start;
    for (const { seq } of spool.pending('broker')) {
      if (!(await spool.load(seq))) throw new Error(`face ${seq} is not there`);
    }
    const seconds = (performance.now() - start - opened) / 1000;
    await spool.close();
    return [count, Math.round(opened), Math.round(count / seconds)];
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

console.log(machine());
console.log(
  `\nThe spool, faces of ${size / 1000} kB, each synced before it counts, on the disk of ${folder}`,
);
const rates: (string | number)[][] = [];
for (const inFlight of [1, 8, 64]) rates.push(await rate(inFlight));
console.log(`\n${table(['in flight', 'faces', 'faces a second', 'p50 ms', 'p99 ms'], rates)}`);
console.log(
  `\n${table(['MB through 100 MB', 'faces a second', 'most MB on disk', 'written per byte'], [await passThrough()])}`,
);
console.log(`\n${table(['stored and settled', 'RSS MB', 'MB on disk'], await settling())}`);
console.log(`\n${table(['backlog', 'open ms', 'faces read a second'], [await reopening()])}`);
