export { Audit } from './audit.js';
export type { DeviceReport } from './device.js';
export type { Range } from './ranges.js';
export type { Standing } from './standing.js';
