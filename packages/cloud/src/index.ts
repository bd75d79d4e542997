export { cloudErrors } from './errors.js';
export { type KeyFacts, keyPart, parseKey } from './key.js';
export { openStore, type PutOutcome, type Store, type StoreObject, type StoreOptions } from './store.js';
