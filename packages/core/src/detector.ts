import type { Cascade, CascadeSource } from './cascade.js';
import type { Classifier, Engine } from './engine.js';
import type { EngineName } from './engines.js';
import { coreError } from './error.js';
import { compareFaces, type Face } from './face.js';
import { toGray } from './gray.js';
import type { Image } from './image.js';
import { type DetectOptions, searchOf } from './option.js';
import type { KernelSource } from './wasm-module.js';

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
  /**
   * whether the detector runs in a thread of its own, so that the caller's is free while it looks: a worker of Node or of
   * the web; default false. It finds the same faces. Each image is copied to it, into shared memory where there is some.
   */
  worker?: boolean;
}

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
   * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_ENGINE_FAILED, FACEPIPE_E_DETECTOR_CLOSED; with `worker`, where its thread
   *   has ended and no other can be started, FACEPIPE_E_WORKER_UNAVAILABLE
   */
  detect(image: Image, options?: DetectOptions): Promise<Face[]>;
  /** Waits for what is under way and frees the engine's memory. Calling it again does nothing more. */
  close(): Promise<void>;
}

/** A detector in this thread, of what has been loaded. @throws FACEPIPE_E_CASCADE_INVALID, FACEPIPE_E_ENGINE_UNAVAILABLE */
export async function openDetector(engine: Engine, cascade: Cascade, threads: number): Promise<Detector> {
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
