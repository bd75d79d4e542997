export { startChain } from './faults/chain.js';
export { Projector } from './faults/projector.js';
export { startAll } from './faults/scenario.js';
export { mosquittoMissing, startMosquitto } from './support/brokers.js';
export { type Cable, startCable } from './support/cable.js';
export type { RunningBroker } from './support/running-broker.js';
export { type OpenStore, s3Missing, s3Server, stores } from './support/stores.js';
export { until } from './support/until.js';
