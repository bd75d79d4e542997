// A door of its own: who only looks for faces in pictures loads no spool and no MQTT client.
export { cropFrame } from './crop.js';
export {
  type DetectedFace,
  type DetectionCounts,
  detectorText,
  type FaceDetector,
  type RejectedFace,
} from './face-detector.js';
export { createFaceDetector } from './face-detector-thread.js';
export { isNetwork } from './network-detector.js';
export { openFaceDetector } from './open-face-detector.js';
export { isInRegion, type Region } from './region.js';
export type { FaceDetectorOptions, OpenFaceDetector } from './two-stage-detector.js';
