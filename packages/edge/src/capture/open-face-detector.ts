import { expectArgument } from '@facepipe/service';
import { isNetwork, openNetworkDetector } from './network-detector.js';
import {
  type FaceDetectorOptions,
  type OpenFaceDetector,
  openTwoStageDetector,
} from './two-stage-detector.js';

/**
 * What looks for faces, in this thread: cascades and what confirms them, or with the engine blaze the network alone.
 * @throws FACEPIPE_E_ARGUMENT, and what `createDetector` and `createVerifier` throw
 */
export async function openFaceDetector(options: FaceDetectorOptions): Promise<OpenFaceDetector> {
  expectArgument('options', options, 'object');
  return isNetwork(options) ? openNetworkDetector(options) : openTwoStageDetector(options);
}
