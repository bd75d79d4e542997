import { spawnSync } from 'node:child_process';
import { type GrayPicture, picture } from './picture.js';
import { measureStart } from './start-up.js';
import { table } from './table.js';

const cascade = 'frontalface_default';

interface Node {
  version: string;
  path: string;
}

const own: Node = { version: process.versions.node, path: process.execPath };

/** The other versions that are supported, as the registry has them. */
const others = ['20', '22', '24'].filter((major) => !own.version.startsWith(`${major}.`));

/** Undefined where the registry cannot be reached. */
function fetchNode(major: string): Node | undefined {
  const printing = 'process.versions.node + " " + process.execPath';
  // this package has its binary from a script, which the repository does not run for its own
  const options = ['--yes', '--ignore-scripts=false'];
  const { stdout } = spawnSync('npx', [...options, `node@${major}`, '-p', printing], { encoding: 'utf8' });
  const [version, path] = stdout.trim().split(' ');
  return version?.startsWith(`${major}.`) && path ? { version, path } : undefined;
}

/** A row for each engine. */
function rowsOf(
  { version, path: node }: Node,
  { small, large }: { small: GrayPicture; large: GrayPicture },
  { processes, seconds }: { processes: number; seconds: number },
): string[][] {
  const starts = measureStart(small, { cascade, processes, runs: 8, seconds, node });
  const memory = measureStart(large, {
    ...{ cascade, processes: Math.ceil(processes / 3), node },
    ...{ runs: 3, seconds: 0 },
  });
  const ours = starts.get('facepipe')?.total ?? Number.NaN;
  return [...starts].map(([engine, { imported, created, first, total, warm, steady }]) => [
    version,
    engine,
    ...[imported, created, first, total].map((ms) => ms.toFixed(1)),
    `${(total / ours).toFixed(1)}×`,
    warm.toFixed(1),
    steady.toFixed(1),
    `${((memory.get(engine)?.grown ?? 0) / 2 ** 20).toFixed(0)} MB`,
  ]);
}

/** From before the import to the first boxes, in fresh processes, and the memory it takes. */
export async function startReport(short: boolean): Promise<string> {
  const pictures = { small: await picture(640, 480), large: await picture(1920, 1080, 4, 2) };
  const times = short ? { processes: 2, seconds: 0.5 } : { processes: 9, seconds: 2.5 };
  const fetched = short ? [] : others.map(fetchNode);
  const nodes = [own, ...fetched.filter((node) => node !== undefined)];
  const rows = nodes.flatMap((node) => rowsOf(node, pictures, times));
  const missing = others.filter((_, index) => !short && !fetched[index]);
  const head = [
    'Node.js',
    '',
    'import',
    'create',
    'first detect',
    'to first boxes',
    'ratio',
    'warm',
    'steady',
    'memory at 1920×1080',
  ];
  return `A fresh Node process, ${cascade}, 640×480 grey pixels: milliseconds, medians of ${times.processes} processes each, in
turns. Warm is the third to the eighth detection, steady the last third of those of ${times.seconds} s. Memory is how
much the process grew from before the import until after four detections at 1920×1080.${missing.map((major) => ` Node ${major} could not be had.`).join('')}

${table(head, rows)}`;
}
