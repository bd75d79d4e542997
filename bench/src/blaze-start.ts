import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Box, Image, ModelName } from '@facepipe/core';
import { median } from './median.js';

const child = fileURLToPath(new URL('./blaze-child.js', import.meta.url));

/** Milliseconds, and bytes that the process grew by; medians over processes. */
export interface BlazeStart {
  model: ModelName;
  imported: number;
  created: number;
  first: number;
  total: number;
  grown: number;
}

type Run = Omit<BlazeStart, 'model'> & { score: number };

/** From before the import to the first verdict, in fresh processes, the models in turns. @throws for no face there */
export function measureBlazeStart(
  models: readonly ModelName[],
  { data, width, height }: Image,
  { x, y, ...box }: Box,
  processes: number,
): BlazeStart[] {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-blaze-'));
  const runs = models.map((): Run[] => []);
  try {
    const file = join(folder, 'picture.raw');
    writeFileSync(file, data);
    const question = [file, width, height, [x, y, box.width, box.height].join()].map(String);
    for (let turn = 0; turn < processes; turn++) {
      for (const [index, model] of models.entries()) {
        const { stdout, stderr, status } = spawnSync(process.execPath, [child, model, ...question], {
          encoding: 'utf8',
          timeout: 120_000,
        });
        if (status !== 0) throw new Error(`${model} failed: ${stderr}`);
        const run: Run = JSON.parse(stdout);
        if (!(run.score > 0.5)) throw new Error(`${model} sees no face: ${run.score}`);
        runs[index]?.push(run);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return models.map((model, index) => {
    const of = (key: Exclude<keyof Run, 'score'>) => median((runs[index] ?? []).map((run) => run[key]));
    return {
      model,
      imported: of('imported'),
      created: of('created'),
      first: of('first'),
      total: of('total'),
      grown: of('grown'),
    };
  });
}
