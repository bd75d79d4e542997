import { picture } from './picture.js';
import { measureStart } from './start-up.js';
import { table } from './table.js';

const cascade = 'frontalface_default';

/** From before the import to the first boxes, in fresh processes, and the memory it takes. */
export async function startReport(short: boolean): Promise<string> {
  const processes = short ? 2 : 9;
  const starts = measureStart(await picture(640, 480), { cascade, processes, runs: short ? 5 : 30 });
  const large = await picture(1920, 1080, 4, 2);
  const memory = measureStart(large, { cascade, processes: short ? 1 : 3, runs: 3 });
  const ours = starts.get('facepipe')?.total ?? Number.NaN;
  const rows = [...starts].map(([engine, { imported, created, first, total, steady }]) => [
    engine,
    ...[imported, created, first, total].map((ms) => ms.toFixed(1)),
    `${(total / ours).toFixed(1)}×`,
    steady.toFixed(1),
    `${((memory.get(engine)?.grown ?? 0) / 2 ** 20).toFixed(0)} MB`,
  ]);
  const head = [
    '',
    'import',
    'create',
    'first detect',
    'to first boxes',
    'ratio',
    'steady',
    'memory at 1920×1080',
  ];
  return `A fresh Node process, ${cascade}, 640×480 grey pixels: milliseconds, medians of ${processes} processes each, in
turns. Memory is how much the process grew from before the import until after four detections at 1920×1080.

${table(head, rows)}`;
}
