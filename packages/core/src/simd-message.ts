import type { Cascade } from './cascade.js';
import type { GrayImage } from './image.js';
import type { Search } from './option.js';
import type { Code } from './simd-code.js';
import type { Share } from './simd-search.js';

/** The first message to a thread: what it will search with, and among how many, the caller's included. */
export interface Opening {
  type: 'open';
  module: WebAssembly.Module;
  cascade: Cascade;
  threads: number;
  shared: SharedArrayBuffer;
}

/** One search, to every thread alike: each makes the same plan of it. */
export interface Work {
  type: 'search';
  /** how many tasks have been taken, then the pixels */
  shared: SharedArrayBuffer;
  width: number;
  height: number;
  search: Search;
  /** for the cascade, when it is new */
  code?: Code;
}

export type Answer = { type: 'open' } | ({ type: 'share' } & Share);

/** Bytes before the pixels: they begin on a line of the cache of their own. */
const head = 64;

/** Memory for images up to so many pixels. @throws where memory cannot be shared */
export function shareMemory(pixels: number): SharedArrayBuffer {
  return new SharedArrayBuffer(head + pixels);
}

export function roomIn(shared: SharedArrayBuffer): number {
  return shared.byteLength - head;
}

export function sharedImage({ shared, width, height }: Work): GrayImage {
  return { data: new Uint8Array(shared, head, width * height), width, height };
}

/** Nobody has taken anything yet. */
export function resetTasks({ shared }: Work): void {
  Atomics.store(new Int32Array(shared, 0, 1), 0, 0);
}

/** Gives each number to one thread. */
export function takeFrom({ shared }: Work): () => number {
  const taken = new Int32Array(shared, 0, 1);
  return () => Atomics.add(taken, 0, 1);
}
