export { type DeadLetterOptions, deadLetter, type Undelivered } from './dead-letter.js';
export { cloudErrors } from './errors.js';
export { type HealthOptions, type HealthServer, serveHealth } from './health.js';
export type { DeathReason } from './judge.js';
export { type KeyFacts, keyPart, parseKey } from './key.js';
export { type Sink, type SinkOptions, startSink } from './sink.js';
export type { SinkEvent, Totals } from './sink-event.js';
export { openStore, type PutOutcome, type Store, type StoreObject, type StoreOptions } from './store.js';
