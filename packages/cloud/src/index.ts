export { cloudErrors } from './errors.js';
export type { DeadLetterReason } from './sink/judge.js';
export { type KeyFacts, keyPart, parseKey } from './sink/key.js';
export type { Aside } from './sink/set-aside.js';
export { openSink, startSink } from './sink/sink.js';
export type { SinkEvent, Totals } from './sink/sink-event.js';
export type { Sink } from './sink/sink-handle.js';
export type { SinkOptions } from './sink/sink-options.js';
export { folderModeOf } from './store/folder.js';
export { openStore } from './store/open-store.js';
export type {
  CheckOptions,
  PutOutcome,
  Store,
  StoreObject,
  StoreOptions,
  WritableStore,
} from './store/store.js';
