import { mosquittoMissing, Projector, s3Missing, startAll, startChain, until } from '@facepipe/test';
import { connect, decodeReceipt } from '@facepipe/wire';
import { machine } from './machine.js';
import { table } from './table.js';

// node dist/latency.js [--short]: how long a face takes from the camera's frame to its object, and the news of it back.

const faces = process.argv.includes('--short') ? 50 : 600;
/** Seconds; one face each. */
const pace = 0.1;

function quantile(values: readonly number[], q: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN).toFixed(0)} ms`;
}

const row = (name: string, values: readonly number[]): string[] => [
  name,
  ...[0.5, 0.95, 0.99].map((q) => quantile(values, q)),
];

const missing = mosquittoMissing ?? s3Missing;
if (missing !== undefined) throw new Error(missing);
console.log(machine());
const chain = await startChain({ mode: 'stored', sinks: 'single' });
try {
  await startAll(chain);
  const { stored } = chain.journal;
  const news = new Map<string, number>();
  const link = await connect({ url: chain.edgeUrl });
  await link.subscribe('facepipe/+/stored', async ({ payload }) => {
    for (const id of decodeReceipt(payload).ids) if (!news.has(id)) news.set(id, Date.now());
  });
  const film = new Projector(chain, { faces, crowd: [1, 1], size: { width: 640, height: 480 }, pace });
  await film.done;
  await until('the edge has heard of every object', () => stored.size >= faces && news.size >= stored.size);
  await link.close();
  // programs that have just started are slower
  const warm = [...stored].slice(Math.floor(faces / 10));
  const lags = warm.map(([, { lag }]) => lag);
  const receipts = warm.map(([id, { at }]) => (news.get(id) ?? Number.NaN) - at);
  console.log(
    `\ncapture → mosquitto → forward → mosquitto → sink → radosgw, ${1 / pace} faces a second from 640×480 pictures`,
  );
  console.log(
    table(
      ['', 'p50', 'p95', 'p99'],
      [row('frame → object', lags), row('object → receipt at the edge', receipts)],
    ),
  );
} finally {
  await chain.close();
}
process.exit();
