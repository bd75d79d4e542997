export { Connections } from './connections.js';
export { type HealthOptions, type HealthServer, serveHealth } from './health.js';
export { type Reading, registerReading } from './reading.js';
