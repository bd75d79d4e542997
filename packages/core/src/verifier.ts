/// <reference lib="esnext.disposable" preserve="true" />

import type { ModelName, NetworkOptions } from './blaze-source.js';
import type { Box } from './box.js';
import type { ImageSource } from './image-source.js';
import type { Landmarks } from './landmark.js';

export interface VerifierOptions extends NetworkOptions {}

/** What the network says of one candidate. */
export interface Verdict {
  /**
   * the network's own box, in whole pixels of the image and inside it; the candidate's, as it was given, where it
   * sees no face
   */
  box: Box;
  /**
   * how sure the network is of it, 0 to 1; 0 where it sees no face. From 0.5 (`full`) or 0.6 (`short`) on it is one.
   */
  score: number;
  /** six points of the face; undefined where the score is 0 */
  landmarks: Landmarks | undefined;
}

export interface Verifier {
  /** which BlazeFace */
  readonly model: ModelName;
  /**
   * What the network says of each box, in their order. It looks at a square around each box, twice as large. Calls may
   * overlap, and the image may be used for something else as soon as the call has returned.
   * @param image what `Detector.detect` takes, in colour if there is colour
   * @param boxes in pixels of the image, with fractions or without; more properties than these four are ignored
   * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_ENGINE_FAILED, FACEPIPE_E_VERIFIER_CLOSED; of what pages have,
   *   FACEPIPE_E_IMAGE_NOT_READY, FACEPIPE_E_IMAGE_CLOSED, FACEPIPE_E_IMAGE_FOREIGN, FACEPIPE_E_IMAGE_UNREADABLE
   */
  verify(image: ImageSource, boxes: readonly Box[]): Promise<Verdict[]>;
  /** Frees the network's memory. Calling it again does nothing more. */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
