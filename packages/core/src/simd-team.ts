import type { Cascade } from './cascade.js';
import type { GrayImage } from './image.js';
import { Usage } from './keeper.js';
import type { Search } from './option.js';
import type { Code } from './simd-code.js';
import {
  type Answer,
  type Opening,
  resetTasks,
  roomIn,
  sharedImage,
  shareMemory,
  takeFrom,
  type Work,
} from './simd-message.js';
import type { Share } from './simd-search.js';
import { Thread } from './thread.js';
import type { GiveUp } from './thread-count.js';
import type { ThreadProgram } from './thread-program.js';

type Member = Thread<Opening | Work, Answer>;

const program: ThreadProgram = {
  file: './simd-worker.js',
  startWeb: () =>
    new Worker(new URL('./simd-worker.js', import.meta.url), { type: 'module', name: 'facepipe-search' }),
};

/** Threads beside the caller's that search one image at a time with it. */
export class Team {
  readonly #members: Member[];
  readonly #usage = new Usage();
  #shared: SharedArrayBuffer;
  /** what the threads were sent */
  #code: Code | undefined;

  constructor(members: Member[], shared: SharedArrayBuffer) {
    this.#members = members;
    this.#shared = shared;
  }

  get size(): number {
    return this.#members.length;
  }

  /** True once one of its threads has ended. */
  get broken(): boolean {
    return this.#members.some(({ gone }) => gone);
  }

  /**
   * Copies the image, and lets all threads begin. They end when there are no tasks left. `shares` settles when the last
   * one has: with what they found, or the first failure.
   */
  begin(
    { data, width, height }: GrayImage,
    search: Search,
    code?: Code,
  ): { take: () => number; shares: Promise<Share[]> } {
    const isWasted = this.#usage.isWasted(data.length);
    if (isWasted) this.#usage.restart();
    if (isWasted || data.length > roomIn(this.#shared)) this.#shared = shareMemory(data.length);
    const isNew = code !== undefined && code !== this.#code;
    const work: Work = {
      type: 'search',
      shared: this.#shared,
      width,
      height,
      search,
      ...(isNew && { code }),
    };
    this.#code = code;
    sharedImage(work).data.set(data);
    resetTasks(work);
    return { take: takeFrom(work), shares: this.#shares(work) };
  }

  async #shares(work: Work): Promise<Share[]> {
    const asked = await Promise.allSettled(this.#members.map((member) => member.ask(work)));
    return asked.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      if (result.value.type !== 'share') throw new Error('a thread gave another answer');
      return result.value;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.terminate()));
  }
}

/** `size` threads with that cascade, or none where there are no workers or they may not share memory. */
export async function openTeam(
  module: WebAssembly.Module,
  cascade: Cascade,
  size: number,
  giveUp: GiveUp,
): Promise<Team | undefined> {
  const members: Member[] = [];
  try {
    // sent at once, to know that it can be
    const shared = shareMemory(0);
    for (let index = 0; index < size; index++) members.push(new Thread(program));
    const opening: Opening = { type: 'open', module, cascade, threads: size + 1, shared };
    await Promise.all(members.map((member) => member.ask(opening)));
    return new Team(members, shared);
  } catch (error) {
    giveUp(error);
    for (const member of members) void member.terminate();
    return undefined;
  }
}
