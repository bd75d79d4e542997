import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  mosquittoMissing,
  type OpenStore,
  type RunningBroker,
  s3Missing,
  s3Server,
  startMosquitto,
  stores,
  until,
} from '@facepipe/test';
import { connect, decodeReceipt, type OutgoingMessage } from '@facepipe/wire';
import { startDelay } from './delay.js';
import { faceMessages, kilobytesOf } from './face-messages.js';
import { machine } from './machine.js';
import { table } from './table.js';

// node dist/sink.js [--short]: faces a second from one broker into one store, `facepipe sink` beside a Python callback,
// and beside what the store takes from the AWS SDK alone, without a broker.

const short = process.argv.includes('--short');
const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const bare = fileURLToPath(new URL('bare-puts.js', import.meta.url));
const python = fileURLToPath(new URL('../python/callback_sink.py', import.meta.url));
const topic = 'facepipe/bench/faces';

interface Contender {
  name: string;
  /** How many faces it is given: enough for some seconds. */
  faces(delay: number): number;
  start(at: Place): ChildProcess;
  /** A line of its output once it is subscribed, and once all is stored. */
  isReady(line: string): boolean;
}

interface Place {
  broker: RunningBroker;
  store: OpenStore;
  bucket: string;
  endpoint: string;
  faces: number;
  /** Part of the keys: the same faces again would be repeats. */
  label: string;
}

const facepipe = (concurrency: number): Contender => ({
  name: `facepipe sink, ${concurrency} puts in flight`,
  faces: () => (short ? 300 : 3000),
  start: ({ broker, store, endpoint, label }) => {
    const flags = ['--broker', broker.url, '--store', store.url, '--endpoint', endpoint, '--path-style'];
    const more = [
      '--concurrency',
      String(concurrency),
      '--port',
      '0',
      '--key',
      `${label}/{id}.{ext}`,
      '--client-id',
      'bench',
    ];
    return spawn(process.execPath, [main, 'sink', ...flags, ...more], {
      env: { ...process.env, ...store.env },
    });
  },
  isReady: (line) => /subscribed|connected to/.test(line),
});

const callback: Contender = {
  name: 'paho callback with boto3 put_object',
  faces: (delay) => (short ? 60 : delay > 0 ? 150 : 1000),
  start: ({ broker, store, bucket, endpoint, faces }) =>
    spawn('/usr/bin/python3', [python, String(broker.port), topic, bucket, String(faces)], {
      env: { ...process.env, ...store.env, BENCH_ENDPOINT: endpoint },
    }),
  isReady: (line) => line === 'ready',
};

/** The most memory a process has had, in bytes. */
function peak(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

interface Rate {
  /** faces a second */
  rate: number;
  /** bytes */
  memory: number;
}

async function measure(one: Contender, at: Omit<Place, 'faces'>, batch: OutgoingMessage[]): Promise<Rate> {
  const faces = batch.length;
  const child = one.start({ ...at, faces });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const link = await connect({ url: at.broker.url });
  let stored = 0;
  await link.subscribe('facepipe/bench/stored', async ({ payload }) => {
    stored += decodeReceipt(payload).ids.length;
  });
  await until(
    () => `${one.name} is ready: ${lines.join('\n')}`,
    () => lines.some(one.isReady),
  );
  // stopped, so that what publishes takes nothing from the sink: the faces wait in the broker
  child.kill('SIGSTOP');
  await Promise.all(batch.map((message) => link.publish(message)));
  const start = performance.now();
  child.kill('SIGCONT');
  await until('all is stored', () => stored >= faces || lines.includes('done'), 300);
  const seconds = (performance.now() - start) / 1000;
  const memory = peak(child);
  await link.close();
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return { rate: faces / seconds, memory };
}

/** The store's own maximum: what the SDK puts with that many in flight, from memory. */
async function measureStore(at: Omit<Place, 'broker' | 'label'>, puts: number): Promise<Rate> {
  const { store, bucket, endpoint, faces } = at;
  const child = spawn(process.execPath, [bare, bucket, String(faces), String(puts)], {
    env: { ...process.env, ...store.env, BENCH_ENDPOINT: endpoint },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const heard = async (word: string) => {
    const { value } = await lines.next();
    if (value !== word) throw new Error(`bare-puts said ${value} in place of ${word}`);
  };
  await heard('ready');
  const start = performance.now();
  child.stdin.write('go\n');
  await heard('done');
  const seconds = (performance.now() - start) / 1000;
  const memory = peak(child);
  child.kill();
  return { rate: faces / seconds, memory };
}

const missing = mosquittoMissing ?? s3Missing;
if (missing) {
  console.log(`sink: not measured: ${missing}`);
  process.exit();
}
console.log(machine());
const s3 = stores.find(({ name }) => name === 'S3');
if (!s3) throw new Error('there is no S3 store to measure with');
const { port, hostname } = new URL((await s3Server()).endpoint);
const store = await s3.open();
const bucket = new URL(store.url).hostname;
// what is not taken at once must wait, not disappear
const broker = await startMosquitto({ config: ['max_queued_messages 0'] });
const contenders = [callback, ...(short ? [64] : [1, 8, 64]).map(facepipe)];
const rows: string[][] = [];
const most = Math.max(...contenders.flatMap((one) => [one.faces(0), one.faces(30)]));
const batch = await faceMessages(most, 256);
const kilobytes = kilobytesOf(batch);
for (const delay of [0, 30]) {
  const line = await startDelay({ host: hostname, port: Number(port) }, delay);
  const endpoint = `http://127.0.0.1:${line.port}`;
  let reference = Number.NaN;
  const write = (name: string, { rate, memory }: Rate) => {
    const megabytes = `${(memory / 2 ** 20).toFixed(0)} MB`;
    rows.push([`${delay} ms`, name, rate.toFixed(0), `${(rate / reference).toFixed(1)}×`, megabytes]);
  };
  for (const one of contenders) {
    const measured = await measure(
      one,
      { broker, store, bucket, endpoint, label: `${delay} ms ${one.name}`.replace(/\W+/g, '-') },
      batch.slice(0, one.faces(delay)),
    );
    if (one === callback) reference = measured.rate;
    write(one.name, measured);
  }
  const alone = { store, bucket, endpoint, faces: batch.length };
  write('AWS SDK alone, 64 puts in flight', await measureStore(alone, 64));
  await line.close();
}
await broker.stop();
await store.close();
console.log(
  `\nmosquitto → sink → radosgw, ${kilobytes.toFixed(1)} kB a face, the store so many ms further away`,
);
console.log(table(['store', 'sink', 'faces a second', 'ratio', 'peak memory'], rows));
process.exit();
