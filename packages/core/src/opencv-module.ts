import { coreError } from './error.js';
import { nodeModule } from './node-module.js';
import { providedOpenCv } from './opencv-provided.js';

/** Objects in OpenCV's memory, which no garbage collector frees. */
export interface Deletable {
  delete(): void;
}

interface Vector<T> extends Deletable {
  size(): number;
  get(index: number): T;
}

interface Size {
  width: number;
  height: number;
}

type Mat = Deletable & { readonly data: Uint8Array };
type RectVector = Vector<Size & { x: number; y: number }>;
type NumberVector = Vector<number>;

export interface CascadeClassifier extends Deletable {
  load(file: string): boolean;
  detectMultiScale2(
    image: Mat,
    objects: RectVector,
    counts: NumberVector,
    scaleFactor: number,
    minNeighbors: number,
    flags: number,
    minSize: Size,
    maxSize: Size,
  ): void;
  detectMultiScale3(
    image: Mat,
    objects: RectVector,
    rejectLevels: NumberVector,
    levelWeights: NumberVector,
    scaleFactor: number,
    minNeighbors: number,
    flags: number,
    minSize: Size,
    maxSize: Size,
    outputRejectLevels: boolean,
  ): void;
}

/** The part of opencv.js that is used here. */
export interface OpenCv {
  readonly CV_8UC1: number;
  readonly HEAPU8: Uint8Array;
  readonly Mat: new (rows: number, columns: number, type: number) => Mat;
  readonly RectVector: new () => RectVector;
  readonly IntVector: new () => NumberVector;
  readonly DoubleVector: new () => NumberVector;
  readonly Size: new (width: number, height: number) => Size;
  readonly CascadeClassifier: new () => CascadeClassifier;
  FS_createDataFile(
    folder: string,
    name: string,
    data: Uint8Array,
    read: boolean,
    write: boolean,
    own: boolean,
  ): void;
  FS_unlink(path: string): void;
  exceptionFromPtr(pointer: number): { msg: string };
  getBuildInformation(): string;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** One instance of the library, shared until it breaks. */
export interface OpenCvModule {
  readonly cv: OpenCv;
  /** set after a failure, which leaves its memory in pieces at best */
  broken: boolean;
}

/** Gives the shared instance, and a new one once that is broken. */
export type OpenCvHost = () => OpenCvModule;

const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * opencv.js takes over the process's error events and keeps console.log and console.warn for its own messages: not
 * here.
 */
function quietly<T>(load: () => T): T {
  // not by its bare name, for which bundlers would bring a polyfill
  const { process } = globalThis;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  const { log, warn } = console;
  console.log = () => {};
  console.warn = () => {};
  try {
    return load();
  } finally {
    Object.assign(console, { log, warn });
    for (const [index, event] of events.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[index]?.includes(listener)) process.off(event, listener);
      }
    }
  }
}

/** Synchronous, for nothing else must run while `quietly` has the console. */
function requireOpenCv({ createRequire }: typeof import('node:module')): OpenCv {
  // a require of its own each time, for it keeps what it has loaded alive
  const require = createRequire(import.meta.url);
  for (const id of ['opencv-wasm', 'opencv-wasm/opencv.js']) delete require.cache[require.resolve(id)];
  return quietly(() => require('opencv-wasm').cv as OpenCv);
}

function unavailable(reason: string, advice: string, cause?: unknown): Error {
  return coreError('FACEPIPE_E_ENGINE_UNAVAILABLE', { engine: 'opencv', reason, advice }, cause);
}

function hostOf(create: () => OpenCv): OpenCvHost {
  let module: OpenCvModule | undefined;
  return () => {
    if (!module || module.broken) module = { cv: create(), broken: false };
    return module;
  };
}

const install = 'Install the package opencv-wasm, version 4.3.0-10, beside @facepipe/core';
const inBrowser =
  ', and import @facepipe/core/opencv where you import @facepipe/core: in a page, or in a worker of your own instead of the option worker';

async function open(): Promise<OpenCvHost> {
  const node = nodeModule('node:module');
  if (!('WebAssembly' in globalThis)) {
    throw unavailable('this runtime has no WebAssembly', 'Use Node 20.19 or newer, or a current browser.');
  }
  try {
    if (node) {
      const host = hostOf(() => requireOpenCv(node));
      host();
      return host;
    }
    const cv = providedOpenCv();
    if (cv === undefined) throw new Error('there is no opencv-wasm here');
    // a page has one instance for good; a worker can make more
    return hostOf(() => (typeof cv === 'function' ? cv() : cv) as OpenCv);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
    throw unavailable(reason, `${install}${node ? '' : inBrowser}.`, error);
  }
}

let opening: Promise<OpenCvHost> | undefined;

/** Loads OpenCV once for everybody. @throws FACEPIPE_E_ENGINE_UNAVAILABLE, and tries again at the next call */
export function openOpenCvHost(): Promise<OpenCvHost> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** What OpenCV threw, a number pointing to a C++ exception, as words without its file names and codes. */
export function reasonOf(cv: OpenCv, error: unknown): string {
  if (typeof error !== 'number') return error instanceof Error ? error.message : String(error);
  const { msg } = cv.exceptionFromPtr(error);
  return msg
    .replace(/^OpenCV\([^)]*\) \S+ error: \([^)]*\) /, '')
    .replace(/ in function '[^']*'\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
