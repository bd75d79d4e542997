export { mosquittoMissing, type RunningBroker, startMosquitto } from './brokers.js';
export { type OpenStore, s3Missing, s3Server, stores } from './stores.js';
export { until } from './until.js';
