import { proveDelivery } from './delivery.js';

proveDelivery('nats');
