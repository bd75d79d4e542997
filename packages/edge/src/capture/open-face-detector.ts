import { expectArgument } from '@facepipe/service';
import type { RejectedFace } from './face-detector.js';
import { isNetwork, openNetworkDetector } from './network-detector.js';
import type { FaceDetectorOptions, OpenFaceDetector } from './two-stage-detector.js';

/**
 * What looks for faces, in this thread: cascades and what confirms them, or with the engine blaze the network alone.
 * @param onRejected told of each candidate of a cascade that the network rejects, before `detect` answers
 * @throws FACEPIPE_E_ARGUMENT, and what `createDetector` and `createVerifier` throw
 */
export async function openFaceDetector(
  options: FaceDetectorOptions,
  onRejected?: (face: RejectedFace) => void,
): Promise<OpenFaceDetector> {
  expectArgument('options', options, 'object');
  if (isNetwork(options)) return openNetworkDetector(options);
  // not for whoever looks in another thread
  const { openTwoStageDetector } = await import('./two-stage-detector.js');
  return openTwoStageDetector(options, onRejected);
}
