import { argumentError, expectInteger, expectOneOf, expectOptions, isObject } from './argument.js';
import { type CascadeSource, loadCascade } from './cascade.js';
import type { Classifier } from './engine.js';
import { type EngineName, engineNames, openEngine } from './engines.js';
import { coreError } from './error.js';
import { compareFaces, type Face } from './face.js';
import { toGray } from './gray.js';
import type { Image } from './image.js';
import { type DetectOptions, searchOf } from './option.js';
import { isKernelSource, type KernelSource } from './wasm-module.js';

export interface DetectorOptions {
  /** what to look for; default `frontalface_default` */
  cascade?: CascadeSource;
  /** what runs the cascade; default `simd`, this package's own kernel. `opencv` needs the package opencv-wasm. */
  engine?: EngineName;
  /**
   * the code of the engine `simd` where the file haar.wasm beside this module cannot be read: its address, its bytes, or
   * what WebAssembly.compile made of them; default that file
   */
  wasm?: KernelSource;
  /**
   * how many threads search each image, the caller's included: integer from 1 to 64, default 1; more than the machine has
   * cores gain nothing. They find the same faces. Where memory cannot be shared with workers (a page that is not
   * cross-origin isolated: that needs the headers `Cross-Origin-Opener-Policy: same-origin` and
   * `Cross-Origin-Embedder-Policy: require-corp`) one is used; `Detector.threads` tells. `opencv` has only one.
   */
  threads?: number;
}

const known: readonly (keyof DetectorOptions)[] = ['cascade', 'engine', 'wasm', 'threads'];

/** More would only wait for each other. */
const maxThreads = 64;

export interface Detector {
  /** engine and version, such as `simd 0.1.0` */
  readonly engine: string;
  /** the cascade's name */
  readonly cascade: string;
  /** how many threads search: what was asked for, or 1 where memory cannot be shared with workers */
  readonly threads: number;
  /**
   * The faces in one image, sorted by y, then x, then width. Calls may overlap, and the image's memory may be used
   * again as soon as the call has returned.
   * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_ENGINE_FAILED, FACEPIPE_E_DETECTOR_CLOSED
   */
  detect(image: Image, options?: DetectOptions): Promise<Face[]>;
  /** Waits for what is under way and frees the engine's memory. Calling it again does nothing more. */
  close(): Promise<void>;
}

/**
 * Makes a detector: loads the engine (once for all detectors) and the cascade.
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_CASCADE_UNKNOWN, FACEPIPE_E_CASCADE_UNREADABLE, FACEPIPE_E_CASCADE_INVALID,
 *   FACEPIPE_E_ENGINE_UNAVAILABLE
 */
export async function createDetector(options: DetectorOptions = {}): Promise<Detector> {
  if (!isObject(options)) throw argumentError('object', 'options', options);
  expectOptions(options, known);
  const { cascade: source = 'frontalface_default', engine: name = 'simd', wasm, threads = 1 } = options;
  expectOneOf('engine', name, engineNames);
  expectInteger('threads', threads, 1, maxThreads);
  if (name === 'opencv' && threads > 1) {
    throw argumentError('1 (the engine opencv runs on one thread)', 'threads', threads);
  }
  if (wasm !== undefined && !isKernelSource(wasm)) {
    throw argumentError('URL, bytes or WebAssembly.Module', 'wasm', wasm);
  }
  const [cascade, engine] = await Promise.all([loadCascade(source), openEngine(name, wasm)]);
  let open: Classifier | undefined = await engine.open(cascade, threads);
  let used = open.threads;
  const pending = new Set<Promise<Face[]>>();
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await Promise.allSettled(pending);
    used = open?.threads ?? used;
    await open?.close();
    // a detector that somebody keeps must not keep the engine's memory
    open = undefined;
  }

  return {
    engine: engine.name,
    cascade: cascade.name,
    get threads() {
      used = open?.threads ?? used;
      return used;
    },
    async detect(image, options = {}) {
      if (closing || !open) throw coreError('FACEPIPE_E_DETECTOR_CLOSED');
      const gray = toGray(image);
      const run = open.detect(gray, searchOf(options, gray));
      pending.add(run);
      try {
        return (await run).sort(compareFaces);
      } finally {
        pending.delete(run);
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
