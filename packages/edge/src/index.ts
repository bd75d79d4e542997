export { type EmbeddedBroker, type EmbeddedBrokerOptions, startBroker } from './broker/index.js';
export {
  createFaceDetector,
  type DetectedFace,
  type DetectionCounts,
  type FaceDetector,
  type FaceDetectorOptions,
  type OpenFaceDetector,
} from './capture/detect.js';
export {
  type Capture,
  type CaptureBroker,
  type CaptureEvent,
  type CaptureOptions,
  type CaptureTotals,
  type CaptureWatcher,
  type LostFaces,
  type Polygon,
  type RunTotals,
  startCapture,
  type Unsent,
  type WatchedFace,
  type WatchedFrame,
} from './capture/index.js';
export { edgeErrors } from './errors.js';
export {
  type ForwardEvent,
  type Forwarder,
  type ForwarderOptions,
  type ForwardTotals,
  openForwarder,
  startForwarder,
} from './forward/index.js';
export { createMotionGate, type MotionGate, type MotionGateOptions, type Search } from './motion/index.js';
export type { PublisherEvent, PublisherTotals } from './publish/publisher-event.js';
export {
  type ControlSetting,
  type DecodedImage,
  type DecodeOptions,
  decodeImage,
  type Frame,
  type FrameFormat,
  type Login,
  openSource,
  type Source,
  type SourceOptions,
  sourceErrors,
  type TrueFace,
} from './source/index.js';
export {
  type DroppedRange,
  type DropReason,
  type FaceIdentity,
  openSpool,
  type SeqRange,
  type Spool,
  type SpoolClock,
  type SpooledFace,
  type SpoolOptions,
  type SpoolRepair,
  type SpoolStats,
  spoolErrors,
} from './spool/index.js';
export {
  type Appearance,
  appearanceOf,
  createTracker,
  type Detection,
  type DroppedFace,
  type TrackedFace,
  type TrackedFrame,
  type Tracker,
  type TrackerOptions,
  type TrackerUpdate,
  type VisitsOptions,
} from './visit/index.js';
