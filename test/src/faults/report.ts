import { cpus, totalmem } from 'node:os';
import type { Result } from './scenario.js';

const columns = [
  'fault',
  'until',
  'struck',
  'faces in',
  'in the bucket',
  'repeats absorbed',
  'dropped, and said',
  'lost',
  'twice',
  'recovery',
];

function cells(result: Result): string[] {
  const { scenario, strikes, accepted, stored, repeats, dropped, lost, wrong, recovery } = result;
  const numbers = [strikes, accepted, stored, repeats, dropped, lost.length, wrong.length].map(String);
  return [scenario.fault, scenario.mode, ...numbers, `${recovery.toFixed(1)} s`];
}

function markdown(head: readonly string[], words: number, rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const rule = head.map((_, n) => (n < words ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n');
}

/** One result in one line. */
export const rowOf = (result: Result): string =>
  `${cells(result).join(' | ')} | took ${result.took.toFixed(0)} s`;

/** All of them as a Markdown table. */
export const report = (results: readonly Result[]): string => markdown(columns, 2, results.map(cells));

/** The most memory of each process in each quarter of a scenario, as a Markdown table. */
export function memoryReport({ memory, accepted, took }: Result): string {
  const rows = [...memory.quarters()].map(([name, quarters]) => [
    name,
    ...quarters.map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`),
  ]);
  const head = ['process', 'first quarter', 'second', 'third', 'last'];
  return `${accepted} faces in ${took.toFixed(0)} s; the most resident memory of each process:\n\n${markdown(head, 1, rows)}`;
}

/** The page that the long form writes. */
export function page(results: readonly Result[], seed: number): string {
  const kills = results
    .filter(({ scenario }) => scenario.fault.startsWith('kill -9'))
    .reduce((sum, { strikes }) => sum + strikes, 0);
  const longest = results.reduce<Result | undefined>(
    (most, result) => (result.accepted > (most?.accepted ?? 0) ? result : most),
    undefined,
  );
  const [{ model = 'unknown processor' } = {}] = cpus();
  const machine = `${model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.versions.node}`;
  return `# Delivery under faults

These runs test what [delivery.md](delivery.md) promises, by breaking it on purpose. Every scenario starts the whole way
of a face as processes of their own: \`facepipe capture\` → mosquitto → \`facepipe forward\` → mosquitto → two
\`facepipe sink\` in one group → radosgw. It breaks something while faces flow, heals it, and waits until nothing moves
any more. Then it compares, object by object, what capture accepted (a line in its log for each, and \`seq\` without
holes) with what is in the bucket: key, metadata, SHA-256, and the id in the image.

**struck** counts faults: kills, cuts, failures of some seconds. **Repeats absorbed** are messages that a sink found
stored already. **Lost** are accepted faces that are in no object, and that capture did not announce as dropped.
**Twice** are ids under two keys, sequence numbers given twice, and objects that are not what they say. **Recovery** is
the time from the healing until everything that was missing then is stored.

With \`--until stored\`, and wherever else the mechanism promises it, a lost or doubled face fails the run. With
\`--until acked\`, a broker that dies after its acknowledgement may lose faces: the table has the loss that was measured,
which depends on the moment. To see in minutes what takes hours, \`--receipt-timeout\` is 5 s here (default 60 s), and the
brokers' keepalive 10 s (default 30 s). An S3 gateway is killed, but not its disks: what a store loses after its answer
is up to the store.

The table has ${results.length} scenarios with ${kills} kills on ${machine}, shared with other work, by
\`FACEPIPE_FAULTS=long FACEPIPE_FAULTS_SEED=${seed} npm run test:faults\`:

${report(results)}

## Memory

${longest ? memoryReport(longest) : ''}
`;
}
