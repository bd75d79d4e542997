import { readFile } from 'node:fs/promises';
import { loadCascade } from '../dist/cascade.js';
import type { CascadeModel } from '../dist/cascade-model.js';
import { readCascade } from '../dist/cascade-read.js';
import { writeCascade } from '../dist/cascade-xml.js';
import type { GrayImage } from '../dist/image.js';
import { type DetectOptions, searchOf } from '../dist/option.js';
import { compileKernel, instantiateKernel } from '../dist/simd-module.js';
import { Searcher } from '../dist/simd-search.js';
import { planner } from '../dist/simd-task.js';

/** A cascade as OpenCV publishes it. */
export async function readModel(name: string): Promise<CascadeModel> {
  return readCascade(await readFile(new URL(`../../../models/${name}.xml`, import.meta.url), 'utf8'));
}

/** A cascade in a kernel of its own. */
export async function openSearcher(model: CascadeModel): Promise<Searcher> {
  const cascade = await loadCascade(new TextEncoder().encode(writeCascade(model)));
  return new Searcher(await instantiateKernel(await compileKernel()), cascade);
}

/** The raw hits with their scores, each a line, in order. */
export function hitsOf(searcher: Searcher, image: GrayImage, options: DetectOptions): string {
  const plan = planner(searcher.window, 1)(image, searchOf(options, image));
  let taken = 0;
  const { hits } = searcher.search(image, plan, true, () => taken++);
  const lines = Array.from({ length: hits.count }, (_, index) => {
    return [...hits.boxes.subarray(index * 4, index * 4 + 4), hits.scores[index]].join(' ');
  });
  return lines.sort().join('\n');
}

/** Lets the searcher, which has searched before, use code; false where there is none for its cascade. */
export async function adoptCode(searcher: Searcher): Promise<boolean> {
  const bytes = searcher.writeCode();
  if (!bytes) return false;
  await searcher.adopt({ module: await WebAssembly.compile(bytes), width: searcher.width });
  return true;
}
