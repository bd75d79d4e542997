export { type DeadLetterOptions, deadFace, deadLetter, type Undelivered } from './dead-letter.js';
export { cloudErrors } from './errors.js';
export { type HealthOptions, type HealthServer, serveHealth } from './health.js';
export type { DeathReason } from './judge.js';
export { type KeyFacts, keyPart, parseKey } from './key.js';
export { openStore } from './open-store.js';
export { type Sink, type SinkOptions, startSink } from './sink.js';
export type { SinkEvent, Totals } from './sink-event.js';
export type { PutOutcome, Store, StoreObject, StoreOptions } from './store.js';
