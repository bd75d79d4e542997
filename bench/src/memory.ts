import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mosquittoMissing, s3Missing, s3Server, startMosquitto, stores, until } from '@facepipe/test';
import { connect, defaultMaximumPacketSize, type Link } from '@facepipe/wire';
import sharp from 'sharp';
import { facepipe, type Running } from './capacity-program.js';
import { machine } from './machine.js';
import { table } from './table.js';
import { usageOf } from './usage.js';

// node dist/memory.js [--write]: the most memory of each program and broker while the largest messages that are let in
// come as fast as they can, beside the limits of deploy/. --write puts it into docs/operate.md.

const page = fileURLToPath(new URL('../../docs/operate.md', import.meta.url));
const shipped = new URL('../../deploy/edge/mosquitto.conf', import.meta.url);
/** The limits that are shipped; connections are no matter here. */
const config = readFileSync(shipped, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('max_') && !line.startsWith('max_connections'));
const messages = 200;
const devices = 4;
const folder = mkdtempSync(join(tmpdir(), 'facepipe-memory-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** What compresses worst, as the end of a JPEG. */
const noise = randomBytes(defaultMaximumPacketSize - 4096);
const start = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'grey' } })
  .jpeg()
  .toBuffer();
let made = 0;

/** An image of nearly 8 MiB, each other bytes. */
function largest(): Buffer {
  const payload = Buffer.concat([start, noise]).subarray(0, noise.length);
  payload.writeUInt32BE(++made, start.length);
  return payload;
}

/** Publishes them from several devices, as fast as the broker takes them. */
async function flood(url: string, count = messages): Promise<void> {
  const each = async (device: number) => {
    const link = await connect({ url });
    for (let n = device; n < count; n += devices)
      await link.publish(
        { topic: `facepipe/camera${device}/faces`, payload: largest() },
        { timeout: 120_000 },
      );
    await link.close();
  };
  await Promise.all(Array.from({ length: devices }, (_, device) => each(device)));
}

const peak = ({ pid }: { pid: number | undefined }) => usageOf(pid ?? 0).peak;

/** Waits until nothing has come for a while: what the broker dropped never comes. */
async function quiet(count: () => number): Promise<number> {
  for (let last = -1; last !== count(); ) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
  return count();
}

interface Row {
  what: string;
  peak: number;
  /** Of the manifests, MiB. */
  limit: number;
  taken: number;
}

/** A subscriber under the flood. */
async function under(
  what: string,
  limit: number,
  start: (url: string) => Promise<Running & { close?: () => Promise<void> }>,
  taken: (program: Running) => number,
): Promise<Row> {
  const broker = await startMosquitto({ config });
  const program = await start(broker.url);
  await flood(broker.url);
  const count = await quiet(() => taken(program));
  const row = { what, peak: peak(program), limit, taken: count };
  await program.stop();
  await program.close?.();
  await broker.stop();
  console.error(row);
  return row;
}

async function sinkInto(kind: 'folder' | 'S3'): Promise<Row> {
  const store = await stores.find(({ name }) => name === kind)?.open();
  if (!store) throw new Error(`there is no ${kind}`);
  const where = ['--store', store.url, ...store.flags, '--port', '0', '--log-level', 'debug', '--json'];
  return under(
    `sink, ${kind === 'S3' ? 'S3' : 'a folder'}`,
    640,
    async (url) => ({
      ...(await facepipe('sink', /health and metrics/, ['--broker', url, ...where], store.env)),
      close: () => store.close(),
    }),
    ({ lines }) => lines,
  );
}

/** With a broker that sends all it has, and a store that takes nothing until the sink holds what it may. */
async function sinkHeld(): Promise<Row> {
  const server = await s3Server();
  const store = await stores.find(({ name }) => name === 'S3')?.open();
  if (!store) throw new Error('there is no S3');
  const running = await startMosquitto({ config: ['max_queued_messages 1000000'] });
  const where = ['--store', store.url, ...store.flags, '--port', '0'];
  const program = await facepipe(
    'sink',
    /health and metrics/,
    ['--broker', running.url, ...where],
    store.env,
  );
  await server.gateway('stop');
  await flood(running.url, 60);
  await quiet(() => peak(program));
  await server.gateway('start');
  await until('all is stored', async () => (await store.list()).size >= 60, 300);
  const row = { what: 'sink, 256 MB held while S3 is away', peak: peak(program), limit: 640, taken: 60 };
  await program.stop();
  await store.close();
  await running.stop();
  console.error(row);
  return row;
}

async function forward(): Promise<Row> {
  const cloud = await startMosquitto({ config });
  const heard = { count: 0 };
  const link = await connect({ url: cloud.url });
  await link.subscribe('facepipe/+/faces', async () => void heard.count++);
  const row = await under(
    'forward',
    384,
    (url) => facepipe('forward', /carrying/, ['--from', url, '--to', cloud.url]),
    () => heard.count,
  );
  await link.close();
  await cloud.stop();
  return row;
}

/** Frames of 4K with a face that nearly fills them, as noisy as they get. */
async function capture(): Promise<Row> {
  const [width, height] = [3840, 2160];
  const photo = fileURLToPath(new URL('../../packages/edge/photos/astronaut.png', import.meta.url));
  const frames = join(folder, 'frames');
  mkdirSync(frames);
  const face = await sharp(photo).resize(width, height, { fit: 'cover', position: 'top' }).toBuffer();
  const grain = await sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 120 },
    },
  })
    .png()
    .toBuffer();
  const frame = await sharp(face)
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 95 })
    .toBuffer();
  for (let n = 0; n < 40; n++) writeFileSync(join(frames, `${100 + n}.jpg`), frame);
  const broker = await startMosquitto({ config });
  const sizes: number[] = [];
  const link = await connect({ url: broker.url });
  await link.subscribe('facepipe/+/faces', async ({ payload }) => void sizes.push(payload.length));
  const program = await facepipe('capture', /looking for faces/, [
    ...['--source', frames, '--broker', broker.url, '--name', 'door', '--spool', join(folder, 'spool')],
    ...['--padding', '2', '--min-size', '200', '--realtime', '--fps', '10', '--log-level', 'debug'],
  ]);
  let most = 0;
  const look = () => {
    // a process that has ended has no memory
    const now = existsSync(`/proc/${program.pid}/stat`) ? peak(program) : Number.NaN;
    if (now > most) most = now;
    return Number.isNaN(now);
  };
  await until('it has ended', look, 600);
  await quiet(() => sizes.length);
  console.error('capture: MB of a face', Math.max(...sizes) / 1e6, sizes.length);
  await link.close();
  await broker.stop();
  return { what: 'capture, 3840×2160, PNG', peak: most, limit: 1024, taken: sizes.length };
}

/** Several sessions whose queues are full, and that come back while more is coming. */
async function broker(what: string, limit: number, sessions: number): Promise<Row> {
  const running = await startMosquitto({ config, persistence: true });
  let taken = 0;
  const open = async (n: number): Promise<Link> => {
    const link = await connect({ url: running.url, clientId: `session${n}`, clean: false, maxHeld: 2 ** 40 });
    // sinks of a group have no message in common
    const filter = n === 0 ? 'facepipe/+/faces' : '$share/sinks/facepipe/+/faces';
    await link.subscribe(filter, async () => void taken++);
    return link;
  };
  for (let n = 0; n < sessions; n++) await (await open(n)).close();
  await flood(running.url);
  const links = await Promise.all(Array.from({ length: sessions }, (_, n) => open(n)));
  await flood(running.url);
  await quiet(() => taken);
  const row = { what, peak: peak(running), limit, taken };
  for (const link of links) await link.close();
  await running.stop();
  console.error(row);
  return row;
}

const missing = mosquittoMissing ?? s3Missing;
if (missing) console.log(`memory: not measured: ${missing}`);
else {
  await s3Server();
  const log = (name: string, ...flags: string[]) =>
    under(
      name,
      320,
      (url) =>
        facepipe('log', /connected/, [
          '--broker',
          url,
          '--json',
          '--log-level',
          'debug',
          '--port',
          '0',
          ...flags,
        ]),
      ({ lines }) => lines,
    );
  const measures: Record<string, () => Promise<Row>> = {
    capture,
    log: () => log('log'),
    audit: () => log('log --audit', '--audit'),
    forward,
    folder: () => sinkInto('folder'),
    s3: () => sinkInto('S3'),
    held: sinkHeld,
    edge: () => broker('broker of the edge, 3 full queues', 640, 3),
    cloud: () => broker('broker of the cloud, 5 full queues', 1024, 5),
  };
  const chosen = Object.keys(measures).filter((name) => process.argv.includes(name));
  const rows: Row[] = [];
  for (const name of chosen.length > 0 ? chosen : Object.keys(measures)) {
    const row = await measures[name]?.();
    if (row) rows.push(row);
  }
  const cells = rows.map(({ what, peak, limit }) => {
    const mebibytes = peak / 2 ** 20;
    return [
      what,
      `${mebibytes.toFixed(0)} MiB`,
      `${limit} MiB`,
      `${((1 - mebibytes / limit) * 100).toFixed(0)} %`,
    ];
  });
  const text = `${machine()}.
\`node bench/dist/memory.js --write\`; ${messages} messages of 8 MiB from ${devices} publishers, as fast as the broker takes them.

${table(['', 'most resident', 'limit', 'left'], cells)}`;
  console.log(text);
  if (process.argv.includes('--write')) {
    const [begin, end] = ['<!-- measured: memory -->', '<!-- end of the memory that is measured -->'];
    const [head = '', rest = ''] = readFileSync(page, 'utf8').split(begin);
    const [, tail] = rest.split(end);
    if (tail === undefined) throw new Error(`${page} has no place for it`);
    writeFileSync(page, `${head}${begin}\n${text}\n${end}${tail}`);
  }
}
// clients of the S3 server would keep the program from ending
process.exit();
