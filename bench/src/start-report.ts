import { spawnSync } from 'node:child_process';
import { type Picture, picture } from './picture.js';
import { measureStart } from './start-up.js';
import { table } from './table.js';

const cascade = 'frontalface_default';

/** Besides the Node.js that runs this, as the registry has them. */
const otherNodes = ['22', '24'];

interface Node {
  version: string;
  path: string;
}

/** @throws where the registry cannot be reached */
function fetchNode(major: string): Node {
  const printing = 'process.versions.node + " " + process.execPath';
  const { stdout, stderr, status } = spawnSync('npx', ['--yes', `node@${major}`, '-p', printing], {
    encoding: 'utf8',
  });
  const [version, path] = stdout.trim().split(' ');
  if (status !== 0 || !version || !path) throw new Error(`Node ${major} cannot be had: ${stderr}`);
  return { version, path };
}

/** A row for each engine. */
function rowsOf({ version, path }: Node, small: Picture, large: Picture, short: boolean): string[][] {
  const processes = short ? 2 : 9;
  const starts = measureStart(small, { cascade, processes, runs: short ? 5 : 30, node: path });
  const memory = measureStart(large, { cascade, processes: short ? 1 : 3, runs: 3, node: path });
  const ours = starts.get('facepipe')?.total ?? Number.NaN;
  return [...starts].map(([engine, { imported, created, first, total, steady }]) => [
    version,
    engine,
    ...[imported, created, first, total].map((ms) => ms.toFixed(1)),
    `${(total / ours).toFixed(1)}×`,
    steady.toFixed(1),
    `${((memory.get(engine)?.grown ?? 0) / 2 ** 20).toFixed(0)} MB`,
  ]);
}

/** From before the import to the first boxes, in fresh processes, and the memory it takes. */
export async function startReport(short: boolean): Promise<string> {
  const [small, large] = [await picture(640, 480), await picture(1920, 1080, 4, 2)];
  const nodes: Node[] = [{ version: process.versions.node, path: process.execPath }];
  if (!short) nodes.push(...otherNodes.map(fetchNode));
  const rows = nodes.flatMap((node) => rowsOf(node, small, large, short));
  const head = [
    'Node.js',
    '',
    'import',
    'create',
    'first detect',
    'to first boxes',
    'ratio',
    'steady',
    'memory at 1920×1080',
  ];
  return `A fresh Node process, ${cascade}, 640×480 grey pixels: milliseconds, medians of ${short ? 2 : 9} processes each, in
turns. Memory is how much the process grew from before the import until after four detections at 1920×1080.

${table(head, rows)}`;
}
