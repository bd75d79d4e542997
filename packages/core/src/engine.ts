import type { Cascade } from './cascade.js';
import type { Face } from './face.js';
import type { GrayImage, Image } from './image.js';
import type { DetectOptions, Search, Size } from './option.js';
import type { GiveUp } from './thread-count.js';

/** One cascade made ready by an engine. */
export interface Classifier {
  /** how many threads search, the caller's included */
  readonly threads: number;
  /** the engine's name, where it tells by now how it runs */
  readonly engine?: string;
  /**
   * Every face in any order, as OpenCV 4.x's detectMultiScale2 and detectMultiScale3 give them. Calls may overlap. The
   * pixels are read before the call returns: the caller may use the memory for the next frame while the promise is
   * pending.
   */
  detect(image: GrayImage, search: Search): Promise<Face[]>;
  /** Frees what the engine holds for it. Called once, when no call is in progress. */
  close(): Promise<void>;
}

/** Something that can run cascades over grey pixels. */
export interface Engine {
  /** name and version, such as `opencv 4.3.0` */
  readonly name: string;
  /**
   * `threads`: how many may search one image; `opencv` has one. `giveUp` is told why one searches alone, where more
   * were to.
   */
  open(cascade: Cascade, threads: number, giveUp: GiveUp): Promise<Classifier>;
}

/** Whatever finds faces: a cascade that an engine runs, or a network that has none. */
export interface Finder {
  /** name and version of the engine */
  readonly engine: string;
  /** name of the cascade or of the model */
  readonly cascade: string;
  readonly threads: number;
  /** the cascade's window; a network has none */
  readonly window: Size | undefined;
  /**
   * Every face in any order. Calls may overlap. The pixels are read before the call returns.
   * @throws FACEPIPE_E_ARGUMENT for options that are wrong or mean nothing to it, FACEPIPE_E_ENGINE_FAILED
   */
  detect(image: Image, options: DetectOptions): Promise<Face[]>;
  /** Frees what it holds. Called once, when no call is in progress. */
  close(): Promise<void>;
}
