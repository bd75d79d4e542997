export type { ForwardEvent, ForwardTotals } from './event.js';
export { type Forwarder, type ForwarderOptions, openForwarder, startForwarder } from './forwarder.js';
export { sameBroker } from './same-broker.js';
