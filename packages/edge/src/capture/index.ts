export type { CaptureEvent } from './capture-event.js';
export type { CaptureBroker, CaptureOptions } from './capture-options.js';
export type { CaptureTotals, FaceCaptureOptions } from './face-capture-options.js';
export type { LostFaces } from './face-store.js';
export type { Polygon } from './region.js';
export type { Capture, RunTotals, Unsent } from './running-capture.js';
export { startCapture } from './start-capture.js';
export type { CaptureWatcher, WatchedFace, WatchedFrame } from './watch.js';
