/// <reference lib="esnext.disposable" preserve="true" />

import { expectSignal, unlessAborted } from './abort.js';
import type { Backend } from './backend.js';
import type { ModelName, WeightsSource } from './blaze-source.js';
import type { CascadeSource } from './cascade.js';
import { asyncDispose } from './dispose.js';
import type { EngineName } from './engines.js';
import { coreError, type FacepipeError } from './error.js';
import type { Face } from './face.js';
import type { ImageSource } from './image-source.js';
import { type DetectOptions, expectDetectOptions, type Size } from './option.js';
import type { KernelSource } from './platform.js';

export interface DetectorOptions {
  /** what to look for; default `frontalface_default`. The engine blaze finds faces and has no cascade. */
  cascade?: CascadeSource;
  /**
   * what finds them; default `simd`, this package's own kernel for cascades. `opencv` needs the package opencv-wasm.
   * `blaze` is BlazeFace, a network, which finds tilted and turned faces as well and says where their eyes are.
   */
  engine?: EngineName;
  /** which BlazeFace, of the engine `blaze` alone: `full` or `short`; default `full` */
  model?: ModelName;
  /** of the engine `blaze` alone: the address or the bytes of its weights; default the package's own file */
  weights?: WeightsSource;
  /**
   * the code of the engine `simd` or `blaze` where its file haar.wasm or blaze.wasm beside this module cannot be read:
   * its address, its bytes, or what WebAssembly.compile made of them; default that file
   */
  wasm?: KernelSource;
  /**
   * how many threads search each image, the caller's included: integer from 1 to 64, default 1. More than the machine
   * has cores gain nothing; `auto` is as many as it has, 4 at most. They find the same faces. Where memory cannot be
   * shared with workers one is used: `Detector.threads` tells, and `onWarning` why. A page has to be cross-origin
   * isolated for it: that needs the headers `Cross-Origin-Opener-Policy: same-origin` and
   * `Cross-Origin-Embedder-Policy: require-corp`. `opencv` and `blaze` have only one.
   */
  threads?: number | 'auto';
  /**
   * whether the detector runs in a thread of its own, so that the caller's is free while it looks: a worker of Node or
   * of the web; default false. It finds the same faces. XML is parsed there, and pictures are read there. Pixels are
   * copied to it, into shared memory where there is some.
   */
  worker?: boolean;
  /**
   * is told once why one thread searches alone, where more were to: an error with the code
   * `FACEPIPE_E_THREADS_UNAVAILABLE` and a sentence of what to do, which is not thrown; before `createDetector` gives
   * the detector, or, where its threads end later, during a search
   */
  onWarning?: (warning: FacepipeError) => void;
}

export interface Detector {
  /**
   * engine and version, such as `opencv 4.3.0`; that of `simd` and `blaze` is this package's. ` (tables)` after it says
   * that `simd` may not compile code for the cascade here, which would be faster: a page's content security policy
   * without `'wasm-unsafe-eval'`.
   */
  readonly engine: string;
  /** the cascade's name; of the engine blaze the model's */
  readonly cascade: string;
  /** how many threads search: what was asked for, or 1 where memory cannot be shared with workers */
  readonly threads: number;
  /** the cascade's window in pixels: no smaller face is found; undefined with the engine blaze, which has none */
  readonly window: Readonly<Size> | undefined;
  /**
   * The faces in one image, sorted by y, then x, then width. Calls may overlap, and the image may be used for something
   * else as soon as the call has returned: its memory overwritten, a canvas drawn into, a frame or a bitmap closed.
   * @param image pixels, or an ImageData, ImageBitmap, VideoFrame, HTMLVideoElement, HTMLImageElement,
   *   HTMLCanvasElement or OffscreenCanvas, which stays the caller's. Boxes are in pixels of what it shows:
   *   `videoWidth`, `naturalWidth`, `displayWidth`, however large the page lays it out.
   * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_ENGINE_FAILED, FACEPIPE_E_DETECTOR_CLOSED; of what pages have,
   *   FACEPIPE_E_IMAGE_NOT_READY, FACEPIPE_E_IMAGE_CLOSED, FACEPIPE_E_IMAGE_FOREIGN, FACEPIPE_E_IMAGE_UNREADABLE; with
   *   `worker`, where its thread has ended and no other can be started, FACEPIPE_E_WORKER_UNAVAILABLE; with `signal`
   *   its reason
   */
  detect(image: ImageSource, options?: DetectOptions): Promise<Face[]>;
  /**
   * Waits for what is in progress and lets go of all memory: threads end, and what was in the caller's own is garbage.
   * Calling it again does nothing more.
   */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A detector of what finds faces, in this thread or in another. */
export function openDetector(backend: Backend): Detector {
  const { cascade, window } = backend;
  let open: Backend | undefined = backend;
  let used = backend.threads;
  let engine = backend.engine;
  const pending = new Set<Promise<Face[]>>();
  let closing: Promise<void> | undefined;

  async function end(): Promise<void> {
    await Promise.allSettled(pending);
    used = open?.threads ?? used;
    engine = open?.engine ?? engine;
    await open?.close();
    // a detector that somebody keeps must not keep the engine's memory
    open = undefined;
  }

  function close(): Promise<void> {
    closing ??= end();
    return closing;
  }

  return {
    get engine() {
      engine = open?.engine ?? engine;
      return engine;
    },
    cascade,
    window,
    get threads() {
      used = open?.threads ?? used;
      return used;
    },
    async detect(source, options = {}) {
      if (closing || !open) throw coreError('FACEPIPE_E_DETECTOR_CLOSED');
      expectDetectOptions(options);
      const signal = expectSignal(options.signal);
      const run = open.detect(source, options, signal);
      pending.add(run);
      void run.catch(() => {}).then(() => pending.delete(run));
      return unlessAborted(run, signal);
    },
    close,
    [asyncDispose]: close,
  };
}
