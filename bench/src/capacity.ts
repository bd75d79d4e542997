import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mosquittoMissing, s3Missing, s3Server, startMosquitto, stores, until } from '@facepipe/test';
import { type Fleet, openFleet } from './capacity-load.js';
import { capacityOf, type Figures, plan } from './capacity-plan.js';
import { facepipe, listen, type Running } from './capacity-program.js';
import { startDelay } from './delay.js';
import { machine } from './machine.js';
import { median } from './median.js';
import { table } from './table.js';
import { type Usage, usageOf } from './usage.js';

// node dist/capacity.js [--short] [--write]: what a face costs at each hop, how much each hop carries, and from that
// the plan for 10, 1,000 and 100,000 cameras. --write puts it into docs/operate.md.

const short = process.argv.includes('--short');
const page = fileURLToPath(new URL('../../docs/operate.md', import.meta.url));
const devices = 100;
/** Of the run at leisure: faces a second over all devices. */
const pace = 100;
const facesOfEach = short ? 5 : 40;
/** Of the runs as fast as they go. */
const rushOfEach = short ? 5 : 60;
/** Before anything is measured: programs are slow at first. */
const warmOfEach = short ? 2 : 20;
const unbounded = 'max_queued_messages 1000000';
const folder = mkdtempSync(join(tmpdir(), 'facepipe-capacity-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

async function measured<T extends string>(
  pids: Record<T, number>,
  work: () => Promise<void>,
): Promise<{ seconds: number; used: Record<T, Usage> }> {
  const names = Object.keys(pids) as T[];
  const before = names.map((name) => usageOf(pids[name]).cpu);
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const used = names.map((name, n): [T, Usage] => {
    const { cpu, ...memory } = usageOf(pids[name]);
    return [name, { cpu: cpu - (before[n] ?? 0), ...memory }];
  });
  return { seconds, used: Object.fromEntries(used) as Record<T, Usage> };
}

const pidOf = ({ pid }: { pid: number | undefined }): number => pid ?? 0;
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
const milliseconds = (seconds: number) => `${(seconds * 1e3).toFixed(2)} ms`;

const s3 = stores.find(({ name }) => name === 'S3');

async function startSink(broker: string[]): Promise<{ sink: Running; close(): Promise<void> }> {
  if (!s3) throw new Error('there is no S3 store to measure with');
  const store = await s3.open();
  const where = [
    '--store',
    store.url,
    ...store.flags,
    '--path-style',
    '--port',
    '0',
    '--client-id',
    'bench-sink',
  ];
  const sink = await facepipe('sink', /health and metrics/, [...broker, ...where], store.env);
  return {
    sink,
    close: async () => {
      await sink.stop();
      await store.close();
    },
  };
}

/** Device → broker → forward → broker with TLS → sink → S3, and receipts all the way back, at the pace of cameras. */
async function chain() {
  const [key, pem] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const named = ['-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', pem, ...named], { stdio: 'pipe' });
  const edge = await startMosquitto({ config: [unbounded] });
  const cloud = await startMosquitto({ config: [unbounded], tls: { ca: pem, cert: pem, key } });
  const away = `mqtts://127.0.0.1:${cloud.port}`;
  const { sink, close } = await startSink(['--broker', away, '--ca', pem]);
  const forward = await facepipe('forward', /carrying/, [
    ...['--from', edge.url, '--to', away, '--to-ca', pem, '--client-id', 'bench-forward'],
  ]);
  const log = await facepipe('log', /connected/, ['--broker', edge.url, '--json']);
  const fleet = await openFleet(edge.url, devices, warmOfEach + facesOfEach);
  const faces = devices * facesOfEach;
  await fleet.publish(warmOfEach, pace);
  await until('the first receipts are back', () => fleet.receipted >= warm, 120);
  const late = fleet.waits.length;
  const pids = {
    edgeBroker: pidOf(edge),
    forward: forward.pid,
    cloudBroker: pidOf(cloud),
    sink: sink.pid,
    log: log.pid,
  };
  const { used } = await measured(pids, async () => {
    await fleet.publish(facesOfEach, pace);
    await until('every receipt is back', () => fleet.receipted >= warm + faces, 120);
  });
  const { size, waits } = fleet;
  await fleet.close();
  for (const program of [log, forward]) await program.stop();
  await close();
  await edge.stop();
  await cloud.stop();
  return { used, faces, size, wait: median(waits.slice(late)) };
}

/** A camera's capture: what it costs to look, and to send. */
async function captures(): Promise<{ cpu: number; seconds: number; peak: number; faces: number }> {
  const broker = await startMosquitto({ config: [unbounded] });
  const heard = await listen(broker.port);
  const spool = ['--spool', join(folder, 'spool'), '--name', 'door'];
  const scene = ['--source', 'demo', '--send', 'every', '--width', '640', '--height', '480', '--fps', '10'];
  const capture = await facepipe('capture', /looking for faces/, [
    '--broker',
    broker.url,
    ...scene,
    ...spool,
  ]);
  await until('it has found its pace', () => heard.lines > 10);
  const from = heard.lines;
  const { seconds, used } = await measured({ capture: capture.pid }, () =>
    until('it has found faces', () => heard.lines - from >= (short ? 30 : 300), 300),
  );
  const faces = heard.lines - from;
  await capture.stop();
  await heard.stop();
  await broker.stop();
  return { ...used.capture, seconds, faces };
}

interface Rush {
  what: string;
  rate: number;
  usage: Usage;
}
const rushed = devices * rushOfEach;
const warm = devices * warmOfEach;

/** As many faces as fast as they go to a broker, after those that warm up, until `arrived` has counted all. */
async function rush(
  what: string,
  { url, pid, arrived }: { url: string; pid: number; arrived: (fleet: Fleet) => number },
): Promise<Rush> {
  const fleet = await openFleet(url, devices, warmOfEach + rushOfEach);
  await fleet.publish(warmOfEach);
  await until('the first came', () => arrived(fleet) >= warm, 300);
  const { seconds, used } = await measured({ one: pid }, async () => {
    await fleet.publish(rushOfEach);
    await until('all came', () => arrived(fleet) >= warm + rushed, 300);
  });
  await fleet.close();
  return { what, rate: rushed / seconds, usage: used.one };
}

async function rushBroker(): Promise<Rush> {
  const broker = await startMosquitto({ config: [unbounded, 'max_inflight_messages 1000'] });
  const heard = await listen(broker.port);
  const rushing = { url: broker.url, pid: pidOf(broker), arrived: () => heard.lines };
  const result = await rush(`one mosquitto, ${devices} publishers, one subscriber`, rushing);
  await heard.stop();
  await broker.stop();
  return result;
}

async function rushForward(delay: number): Promise<Rush> {
  const edge = await startMosquitto({ config: [unbounded] });
  const cloud = await startMosquitto({ config: [unbounded] });
  const line = await startDelay({ host: '127.0.0.1', port: cloud.port }, delay);
  const heard = await listen(cloud.port);
  const route = ['--from', edge.url, '--to', `mqtt://127.0.0.1:${line.port}`];
  const forward = await facepipe('forward', /carrying/, [...route, '--client-id', 'bench-forward']);
  const rushing = { url: edge.url, pid: forward.pid, arrived: () => heard.lines };
  const result = await rush(`one forwarder, the cloud ${delay} ms away`, rushing);
  await forward.stop();
  await heard.stop();
  await line.close();
  await edge.stop();
  await cloud.stop();
  return result;
}

async function rushSink(): Promise<Rush> {
  const broker = await startMosquitto({ config: [unbounded] });
  const { sink, close } = await startSink(['--broker', broker.url]);
  const rushing = { url: broker.url, pid: sink.pid, arrived: (fleet: Fleet) => fleet.receipted };
  const result = await rush('one sink, 64 puts, radosgw beside it', rushing);
  await close();
  await broker.stop();
  return result;
}

async function report(): Promise<string> {
  const load = loadavg()[0] ?? Number.NaN;
  const walked = await chain();
  const camera = await captures();
  const rushes = [await rushBroker(), await rushForward(0), await rushForward(30), await rushSink()];
  const { used, faces, size, wait } = walked;
  const each = (cpu: number) => cpu / faces;
  const names = {
    edgeBroker: 'mosquitto at the edge',
    forward: 'forward, TLS to the cloud',
    cloudBroker: 'mosquitto in the cloud, TLS',
    sink: 'sink into S3',
    log: 'log',
  };
  const rows = (Object.keys(names) as (keyof typeof names)[]).map((name) => {
    const { cpu, peak } = used[name];
    return [names[name], milliseconds(each(cpu)), capacityOf(each(cpu)).toFixed(0), megabytes(peak)];
  });
  const share = camera.cpu / camera.seconds;
  rows.push([
    'capture, 640×480, 10 frames/s',
    milliseconds(camera.cpu / camera.faces),
    '',
    megabytes(camera.peak),
  ]);
  const figures: Figures = {
    size,
    cpu: {
      edgeBroker: each(used.edgeBroker.cpu),
      forward: each(used.forward.cpu),
      cloudBroker: each(used.cloudBroker.cpu),
      sink: each(used.sink.cpu),
    },
  };
  const mostly = rushes.map(({ what, rate, usage }) => [
    what,
    rate.toFixed(0),
    milliseconds(usage.cpu / rushed),
    megabytes(usage.peak),
  ]);
  return `${machine()}; load ${load.toFixed(1)} before. Faces of ${(size / 1000).toFixed(1)} kB (160×160 JPEG).
\`node bench/dist/capacity.js --write\`${short ? ' **in its short form: not for planning**' : ''}.

${devices} devices, ${pace} faces a second over all of them, each face with its receipt back at its device, after ${(wait * 1000).toFixed(0)} ms in the middle.
The second column is what half a core carries at that price.

${table(['', 'processor a face', 'faces/s on half a core', 'peak memory'], rows)}

The capture uses ${(share * 100).toFixed(0)} % of a core to look at the frames, for ${(camera.faces / camera.seconds).toFixed(1)} faces a second.

As fast as they go, with all that loads them and that they load on the same ${machine().match(/\d+ cores/)?.[0] ?? 'cores'}:

${table(['', 'faces/s', 'processor a face', 'peak memory'], mostly)}

${plan(figures)}`;
}

const missing = mosquittoMissing ?? s3Missing;
if (missing) console.log(`capacity: not measured: ${missing}`);
else {
  await s3Server();
  const text = await report();
  console.log(text);
  if (process.argv.includes('--write')) {
    const [begin, end] = ['<!-- measured: capacity -->', '<!-- end of what is measured -->'];
    const old = readFileSync(page, 'utf8');
    const [head = '', rest = ''] = old.split(begin);
    const [, tail] = rest.split(end);
    if (tail === undefined) throw new Error(`${page} has no place for it`);
    writeFileSync(page, `${head}${begin}\n${text}\n${end}${tail}`);
  }
}
// clients of the S3 server would keep the program from ending
process.exit();
