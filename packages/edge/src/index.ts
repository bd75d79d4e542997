export { type EmbeddedBroker, type EmbeddedBrokerOptions, startBroker } from './broker/embedded.js';
export type { CaptureEvent } from './capture/capture-event.js';
export type { CaptureBroker, CaptureOptions } from './capture/capture-options.js';
export type { CaptureTotals } from './capture/face-capture.js';
export type { DetectedFace, DetectionCounts, FaceDetector } from './capture/face-detector.js';
export { createFaceDetector } from './capture/face-detector-thread.js';
export type { LostFaces } from './capture/face-store.js';
export type { Capture, RunTotals, Unsent } from './capture/running-capture.js';
export { startCapture } from './capture/start-capture.js';
export type { FaceDetectorOptions, OpenFaceDetector } from './capture/two-stage-detector.js';
export { edgeErrors } from './errors.js';
export type { ForwardEvent, ForwardTotals } from './forward/event.js';
export { type Forwarder, type ForwarderOptions, openForwarder, startForwarder } from './forward/forwarder.js';
export {
  createMotionGate,
  type MotionGate,
  type MotionGateOptions,
  type Search,
} from './motion/motion-gate.js';
export type { PublisherEvent, PublisherTotals } from './publish/publisher-event.js';
export { type DecodedImage, decodeImage } from './source/image.js';
export { openSource } from './source/open.js';
export type { Frame, Source, SourceOptions } from './source/source.js';
export { sourceErrors } from './source/source-error.js';
export type { SpooledFace } from './spool/face.js';
export { openSpool } from './spool/open.js';
export type { DroppedRange, DropReason, SeqRange } from './spool/range.js';
export type { Spool, SpoolOptions, SpoolRepair, SpoolStats } from './spool/spool.js';
export { spoolErrors } from './spool/spool-error.js';
export type { FaceIdentity } from './spool/write-queue.js';
export { type Appearance, appearanceOf } from './visit/appearance.js';
export type {
  Detection,
  TrackedFace,
  TrackedFrame,
  Tracker,
  TrackerOptions,
  TrackerUpdate,
} from './visit/tracker.js';
export { createTracker } from './visit/tracker.js';
