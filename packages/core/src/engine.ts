import type { Cascade } from './cascade.js';
import type { Face } from './face.js';
import type { GrayImage } from './image.js';
import type { Search } from './option.js';
import { openSimd } from './simd.js';
import type { KernelSource } from './simd-module.js';

/** One cascade made ready by an engine. */
export interface Classifier {
  /**
   * Every face in any order, as OpenCV 4.x's detectMultiScale2 and detectMultiScale3 give them. Calls may overlap. The pixels are read
   * before the call returns: the caller may use the memory for the next frame while the promise is pending.
   */
  detect(image: GrayImage, search: Search): Promise<Face[]>;
  /** Frees what the engine holds for it. Called once, when no call is under way. */
  close(): Promise<void>;
}

/** Something that can run cascades over grey pixels. */
export interface Engine {
  /** name and version, such as `opencv 4.3.0` */
  readonly name: string;
  open(cascade: Cascade): Promise<Classifier>;
}

/** opencv is loaded on demand: nobody downloads megabytes they do not use. */
const engines = {
  simd: openSimd,
  opencv: async (): Promise<Engine> => (await import('./opencv.js')).openOpenCv(),
};

export type EngineName = keyof typeof engines;

export const engineNames = Object.keys(engines) as EngineName[];

/** `wasm`: the code of the engine simd. @throws FACEPIPE_E_ENGINE_UNAVAILABLE when this runtime cannot run it */
export function openEngine(name: EngineName, wasm?: KernelSource): Promise<Engine> {
  return engines[name](wasm);
}
