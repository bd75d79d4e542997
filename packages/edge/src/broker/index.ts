export { type EmbeddedBroker, type EmbeddedBrokerOptions, startBroker } from './embedded.js';
