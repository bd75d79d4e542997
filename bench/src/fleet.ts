import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoMissing, s3Missing } from '@facepipe/test';
import { type Chain, type Hop, hops, openChain } from './fleet-chain.js';
import { openFaces } from './fleet-faces.js';
import { FleetLoad } from './fleet-load.js';
import { fleetOptions } from './fleet-options.js';
import { all, costs, jain, told, toldHead } from './fleet-report.js';
import { countSyncs } from './fleet-syncs.js';
import { type Stretch, watch } from './fleet-watch.js';
import { machine } from './machine.js';
import { median } from './median.js';
import { table } from './table.js';

// node dist/fleet.js --devices N --rate R [--knee] [--outage SECONDS] …: a fleet of N devices in one process, each with
// the product's spool, publisher and connection, through mosquitto, forward, mosquitto and sink into S3 and back.

const options = fleetOptions(process.argv.slice(2));
const { devices, seconds } = options;
/** Programs are slow at first. */
const warmSeconds = Math.min(15, seconds);
/** The rate of the next step to the knee, of the last one's. */
const step = 1.4;
const rows: (string | number)[][] = [];
const figures: Record<string, unknown> = { ...options, machine: machine() };

async function stretch(what: string, chain: Chain, load: FleetLoad, done: number | (() => boolean)) {
  const waitsBefore = load.waits.length;
  const result = await watch(chain, load, done);
  rows.push(told(what, result));
  const wait = median(load.waits.slice(waitsBefore));
  figures[what] = { ...result, ofEach: undefined, fairness: jain(result.ofEach), wait, late: load.late };
  load.late = 0;
  console.error(JSON.stringify({ what, ...result, ofEach: undefined, load: loadavg()[0] }));
  return result;
}

/** Second half of a stretch: is more found than delivered? */
const grows = ({ accepted, backlog }: Stretch) => backlog.end - backlog.middle > 0.05 * accepted + 5;

/** The most that was delivered a second, and the last rate that all was delivered of. */
async function findKnee(chain: Chain, load: FleetLoad): Promise<{ sustained: number; most: number }> {
  let sustained = 0;
  for (let rate = options.rate * step; ; rate *= step) {
    load.rate = rate;
    const result = await stretch(`${rate.toFixed(0)}/s`, chain, load, seconds);
    if (grows(result)) return { sustained, most: result.receipted / result.seconds };
    sustained = rate;
  }
}

async function beyond(chain: Chain, load: FleetLoad, most: number): Promise<string> {
  load.rate = 1.5 * most;
  const over = await stretch(`beyond: ${(1.5 * most).toFixed(0)}/s`, chain, load, 3 * seconds);
  const sorted = [...over.ofEach].sort((a, b) => a - b);
  const waiting = load.backlog;
  load.rate = 0;
  const after = await stretch('nothing more is found', chain, load, () => load.backlog === 0);
  return `Beyond the knee each device got ${sorted[0]} to ${sorted.at(-1)} receipts, ${median(sorted)} in the middle (fairness
${jain(over.ofEach).toFixed(3)}, 1 is all alike). The ${waiting} faces of the backlog were delivered ${after.seconds.toFixed(0)} s after the load
ended, ${(waiting / after.seconds).toFixed(0)} a second.`;
}

/** A tenth away in turn, all back, then all away, and all back at once. */
async function outages(chain: Chain, load: FleetLoad, rate: number): Promise<string> {
  load.rate = rate;
  const before = await stretch('before the outages', chain, load, warmSeconds);
  for (let tenth = 0; tenth < 10; tenth++) {
    load.away(tenth);
    await stretch(`tenth ${tenth} away`, chain, load, options.outage / 5);
  }
  load.away();
  const usual = () => load.backlog <= 2 * before.backlog.end + rate / 2;
  const tenths = await stretch('all there', chain, load, usual);
  load.awayAll();
  await stretch('all away', chain, load, options.outage);
  const [waiting, begun] = [load.backlog, performance.now()];
  load.away();
  const connecting = load.connected().then(() => (performance.now() - begun) / 1000);
  const back = await stretch('all back at once', chain, load, usual);
  return `After ${options.outage} s with nobody there and ${rate.toFixed(0)} faces a second found meanwhile, ${waiting} faces waited. All devices
were connected again after ${(await connecting).toFixed(0)} s and the backlog was gone after ${back.seconds.toFixed(0)} s, while as many were found as
before: ${(back.receipted / back.seconds).toFixed(0)} a second were delivered. With a tenth away in turn it was gone ${tenths.seconds.toFixed(0)} s after the last was back.`;
}

/** Every face that a spool accepted is in the bucket, once, and nothing else is. */
async function inventory(chain: Chain, load: FleetLoad): Promise<string> {
  const stored = (await chain.keys()).map((key) => /([^/]+)\.\w+$/.exec(key)?.[1] ?? key);
  const known = new Set(stored);
  const missing = [...load.accepted.keys()].filter((id) => !known.has(id));
  const foreign = stored.filter((id) => !load.accepted.has(id));
  const { duplicates, deadLetters } = await chain.read();
  figures.inventory = { accepted: load.accepted.size, objects: stored.length, missing: missing.length };
  if (missing.length > 0) process.exitCode = 1;
  return `${load.accepted.size} faces were accepted by spools; the bucket has ${stored.length} objects: ${missing.length} faces are missing, ${stored.length - known.size} are there
twice, ${foreign.length} are nobody's. The sink met ${duplicates} repetitions. Dead letters: ${deadLetters}.`;
}

/** Other faces at the same rate, and the last of them at half of it: points for a model, and one to check it. */
async function otherFormats(chain: Chain, load: FleetLoad): Promise<string[]> {
  const parts: string[] = [];
  const halves = options.also.slice(-1).map((format) => ({ format, rate: options.rate / 2 }));
  for (const { format, rate } of [
    ...options.also.map((each) => ({ format: each, rate: options.rate })),
    ...halves,
  ]) {
    const faces = await openFaces(format, options.quality);
    load.make = faces.make;
    load.rate = rate;
    await stretch(`changing to ${format}`, chain, load, warmSeconds / 3);
    const name = `${format} ${rate}/s`;
    const result = await stretch(name, chain, load, seconds);
    const bytes = faces.bytes.reduce((sum, size) => sum + size, 0) / faces.bytes.length;
    figures[`bytes of ${name}`] = bytes;
    parts.push(`${name}, ${(bytes / 1000).toFixed(1)} kB in the mean:`, costs(result));
  }
  return parts;
}

async function syncs(chain: Chain, load: FleetLoad): Promise<string> {
  const pids = (hop: Hop | 'load') => (hop === 'load' ? [process.pid] : chain.pidsOf(hop));
  const counters = all.map((hop) => [hop, countSyncs(pids(hop))] as const);
  await sleep(2000);
  const accepted = load.accepted.size;
  load.rate = options.rate;
  await sleep(seconds * 1000);
  await load.drained();
  const faces = load.accepted.size - accepted;
  const counts = await Promise.all(
    counters.map(async ([hop, counter]) => `${hop} ${((await counter.stop()) / faces).toFixed(3)}`),
  );
  return `Syncs a face, over ${faces} faces: ${counts.join(', ')}.`;
}

async function report(): Promise<string> {
  const begun = loadavg()[0] ?? Number.NaN;
  const faces = await openFaces(options.format, options.quality);
  const size = faces.bytes.reduce((sum, bytes) => sum + bytes, 0) / faces.bytes.length;
  figures.bytes = size;
  const chain = await openChain();
  const empty = await chain.read();
  const load = await FleetLoad.open(chain.port, devices, faces.make, options.spools);
  const parts: string[] = [];
  if (options.syncs) parts.push(await syncs(chain, load));
  else {
    const idle = await stretch('nothing is found', chain, load, warmSeconds);
    const connected = await chain.read();
    load.rate = options.rate;
    await stretch('warming up', chain, load, warmSeconds);
    const steady = await stretch(`${options.rate}/s`, chain, load, seconds);
    const each = hops.map((hop) => (connected.resident[hop] - empty.resident[hop]) / devices / 1024);
    figures.kilobytesOfDevice = Object.fromEntries(hops.map((hop, n) => [hop, each[n]]));
    const middle = median(load.waits.slice(-steady.receipted));
    parts.push(
      `At ${options.rate} faces a second, each with its receipt back after ${(middle * 1000).toFixed(0)} ms in the middle:`,
      costs(steady),
      `A connected device that finds nothing costs the edge's broker ${each[0]?.toFixed(1)} kB and
${((idle.cpu.edge / idle.seconds / devices) * 1e6).toFixed(0)} millionths of a core. A face is ${(steady.bytes.intoEdge / steady.published / 1000).toFixed(1)} kB into the edge's broker and ${(steady.bytes.intoCloud / steady.forwarded / 1000).toFixed(1)} kB into the cloud's.`,
    );
    parts.push(...(await otherFormats(chain, load)));
    if (options.knee) {
      const { sustained, most } = await findKnee(chain, load);
      figures.knee = { sustained, most };
      await stretch('the rest', chain, load, () => {
        load.rate = 0;
        return load.backlog === 0;
      });
      parts.push(await beyond(chain, load, most));
      if (options.outage > 0) parts.push(await outages(chain, load, most / 2));
    } else if (options.outage > 0) parts.push(await outages(chain, load, options.rate));
    await load.drained();
  }
  parts.push(await inventory(chain, load));
  await load.close();
  await chain.close();
  const how = process.argv
    .slice(2)
    .filter((argument, n, args) => args[n - 1] !== '--json' && argument !== '--json');
  return [
    `${machine()}; load ${begun.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after. ${devices} devices; faces of ${(Math.min(...faces.bytes) / 1000).toFixed(1)} to ${(Math.max(...faces.bytes) / 1000).toFixed(1)} kB, ${(size / 1000).toFixed(1)} kB in the
mean (${options.format}). \`npm run fleet --workspace bench -- ${how.join(' ')}\`.`,
    ...parts,
    ...(rows.length > 0 ? [table(toldHead, rows)] : []),
  ].join('\n\n');
}

const missing = mosquittoMissing ?? s3Missing;
if (missing) console.log(`fleet: not measured: ${missing}`);
else {
  console.log(await report());
  if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
}
// clients of the S3 server would keep the program from ending
process.exit();
