export { reasonOf, viewErrors } from './errors.js';
export { Feed, type FeedOptions, type HopChange, pictureOf, type SeenFace } from './feed/feed.js';
export { samples } from './feed/history.js';
export type * from './protocol.js';
export { steps } from './protocol.js';
export type { CameraView, WatchedFrame } from './server/camera-view.js';
export type { StoredObject } from './server/images.js';
export { serveView, type View, type ViewOptions } from './server/view.js';
export { type BrokerWatch, type BrokerWatchOptions, watchBroker } from './watch/broker-watch.js';
