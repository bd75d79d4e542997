import type { Cascade } from './cascade.js';
import type { GrayImage } from './image.js';
import type { Size } from './option.js';
import { type Code, placeCode, useCode, writeCode } from './simd-code.js';
import { type Arena, fitArena, type Loaded, loadInto, writeFrame, writeImage } from './simd-frame.js';
import { addHit, addHits, emptyHits, type Hits } from './simd-group.js';
import type { Kernel } from './simd-module.js';
import { roundEven } from './simd-scale.js';
import type { Plan, Task } from './simd-task.js';
import type { Trial } from './simd-trial.js';

/** What one thread found. */
export interface Share {
  hits: Hits;
  /** the tasks it took */
  tasks: number[];
  /** for each of them how many hits there were after it */
  ends: number[];
}

const { fround } = Math;

/** The task's hits as boxes in the image; products are float32, as OpenCV's. */
function gather(
  { words, reals, hits: address }: Arena,
  { scale, window }: Task,
  count: number,
  hits: Hits,
): void {
  for (let at = address >> 3, end = at + 2 * count; at < end; at += 2) {
    const x = roundEven(fround((words[2 * at] ?? 0) * scale));
    const y = roundEven(fround((words[2 * at + 1] ?? 0) * scale));
    addHit(hits, x, y, window.width, window.height, reals[at + 1] ?? 0);
  }
}

/** One kernel with one cascade: what every thread has for itself. */
export class Searcher {
  readonly #kernel: Kernel;
  readonly #loaded: Loaded;
  readonly #share: Share = { hits: emptyHits(), tasks: [], ends: [] };
  #arena: Arena | undefined;
  /** what the functions in the kernel's table are for, and whether they are worth it yet */
  #coded: { width: number; trial: Trial | undefined } | undefined;

  /** @throws FACEPIPE_E_CASCADE_INVALID */
  constructor(kernel: Kernel, cascade: Cascade) {
    this.#kernel = kernel;
    this.#loaded = loadInto(this.#kernel, cascade);
  }

  get window(): Size {
    return this.#loaded.window;
  }

  /** For how wide images the memory is divided: wider ones move everything. */
  get width(): number {
    return this.#arena?.width ?? 0;
  }

  /** The bytes of code for images of that width; undefined where there is none to be made. */
  writeCode(): Uint8Array<ArrayBuffer> | undefined {
    return this.#arena && writeCode(this.#kernel, this.#arena);
  }

  /** Searches with that code, as the trial says, from the next image on, as long as memory is divided for its width. */
  async adopt(code: Code, trial?: Trial): Promise<void> {
    if (!this.#arena || this.#arena.width !== code.width) return;
    this.#coded = undefined;
    for (const step of [1, 2] as const) useCode(this.#kernel, this.#arena, step, false);
    await placeCode(this.#kernel, this.#arena, code);
    this.#coded = { width: code.width, trial };
  }

  /**
   * Does tasks until there are no more: `take` gives 0, 1, 2 … in the plan's order, each to one thread. The answer is
   * kept until the next. The image's memory is read only before the first task. Without `scores` those of hits are 0.
   */
  search(image: GrayImage, { tasks, order }: Plan, scores: boolean, take: () => number): Share {
    const share = this.#share;
    let done = 0;
    share.hits.count = 0;
    try {
      // an image in which no window fits may have any shape, and needs no memory
      if (tasks.length === 0) return Object.assign(share, { tasks: [], ends: [] });
      this.#arena = fitArena(this.#kernel, this.#loaded, image, this.#arena);
      this.#coded?.trial?.beginSearch();
      writeImage(this.#arena, image);
      for (;;) {
        const index = order[take()] ?? tasks.length;
        const task = tasks[index];
        if (!task) break;
        this.#judge(task, image, this.#arena, scores);
        share.tasks[done] = index;
        share.ends[done] = share.hits.count;
        done++;
      }
      // emptied first, the arrays would grow anew for every image
      share.tasks.length = done;
      share.ends.length = done;
      return share;
    } catch (error) {
      // what was laid out may be half overwritten
      this.#arena = undefined;
      throw error;
    }
  }

  /** Does it by code or by tables. */
  #judge(task: Task, image: GrayImage, arena: Arena, scores: boolean): void {
    const coded = this.#coded?.width === arena.width ? this.#coded : undefined;
    const byCode = coded !== undefined && (coded.trial?.usesCode(task) ?? true);
    useCode(this.#kernel, arena, task.step, byCode);
    const start = performance.now();
    this.#do(task, image, arena, scores);
    coded?.trial?.note(task, byCode, performance.now() - start);
    if (coded?.trial?.isOver) coded.trial = undefined;
  }

  #do(task: Task, image: GrayImage, arena: Arena, scores: boolean): void {
    writeFrame(arena, image, task, scores);
    this.#kernel.begin(task.first);
    for (;;) {
      const found = this.#kernel.search();
      gather(arena, task, found < 0 ? -1 - found : found, this.#share.hits);
      if (found < 0) return;
    }
  }
}

/**
 * The hits of all threads in the order of the tasks, which is that of one thread alone. They replace those in `hits`.
 */
export function mergeShares(shares: readonly Share[], hits: Hits): Hits {
  const parts = shares.flatMap(({ hits, tasks, ends }) =>
    tasks.map((task, index) => ({ task, hits, from: ends[index - 1] ?? 0, to: ends[index] ?? 0 })),
  );
  hits.count = 0;
  for (const part of parts.sort((a, b) => a.task - b.task)) addHits(hits, part.hits, part.from, part.to);
  return hits;
}
