export { mosquittoMissing, startMosquitto } from './brokers.js';
export { type Cable, startCable } from './cable.js';
export { startChain } from './faults/chain.js';
export { Projector } from './faults/projector.js';
export { startAll } from './faults/scenario.js';
export type { RunningBroker } from './running-broker.js';
export { type OpenStore, s3Missing, s3Server, stores } from './stores.js';
export { until } from './until.js';
