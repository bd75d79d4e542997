import { proveDelivery } from './delivery.js';

proveDelivery('rabbitmq');
