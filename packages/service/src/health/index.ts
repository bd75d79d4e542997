export { Connections } from './connections.js';
export { type HealthOptions, type HealthServer, type Metrics, serveHealth } from './health.js';
export { type Reading, registerReading } from './reading.js';
