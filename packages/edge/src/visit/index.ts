export { type Appearance, appearanceOf } from './appearance.js';
export type { ChoiceEvent } from './choice-event.js';
export { type ExplainedFrame, ExplainedVisits, type LeftOut } from './explain.js';
export { type ExplainedCandidate, type Fate, fates } from './explain-fate.js';
export { foundFace } from './found-face.js';
export { overlap, shared } from './overlap.js';
export {
  createTracker,
  type Detection,
  type DroppedFace,
  type TrackedFace,
  type TrackedFrame,
  type Tracker,
  type TrackerOptions,
  type TrackerUpdate,
} from './tracker.js';
export {
  cascadeConfidence,
  type FoundFace,
  type VisitPicture,
  Visits,
  type VisitsOptions,
} from './visits.js';
