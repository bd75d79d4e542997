export { startChain } from './faults/chain.js';
export { Projector } from './faults/projector.js';
export { startAll } from './faults/scenario.js';
export {
  type BrokerProcess,
  freePort,
  mosquittoClientsMissing,
  mosquittoMissing,
  startMosquitto,
} from './support/brokers.js';
export { chromiumMissing, launchChromium, openPage } from './support/browser.js';
export { type Cable, startCable } from './support/cable.js';
export { addressOf, type Watched, watch } from './support/page.js';
export { start } from './support/program.js';
export type { RunningBroker } from './support/running-broker.js';
export { serveSite } from './support/site.js';
export { type OpenStore, s3Missing, s3Server, stores } from './support/stores.js';
export { until } from './support/until.js';
