import * as coerce from './coerce.js';
import { choice, group } from './group.js';

export const common = group('General', {
  config: {
    type: 'string',
    describe: 'YAML or JSON file with flags as keys; each flag also as FACEPIPE_<FLAG>',
    coerce: coerce.text(),
  },
  'log-level': {
    ...choice(['error', 'warn', 'info', 'debug', 'silent']),
    default: 'info',
    describe: 'How much to log on stderr',
  },
  json: { type: 'boolean', default: false, describe: 'Results as JSON on stdout, logs as JSON on stderr' },
  quiet: { type: 'boolean', default: false, describe: 'No progress on stderr' },
});

/** Where health is served; the images set FACEPIPE_HOST, since a container's loopback is out of everybody's reach. */
export const healthHost = {
  type: 'string',
  default: '127.0.0.1',
  describe: 'Address on which --port is served; 0.0.0.0 or :: for all, where Prometheus comes from elsewhere',
  coerce: coerce.text(),
} as const;

export const health = group('Service', {
  host: healthHost,
  port: {
    describe: 'Serve /healthz, /readyz and /metrics on this port; 0 picks a free one',
    coerce: coerce.integer(0, 65_535),
  },
});

export const ask = group('Service', {
  host: {
    type: 'string',
    default: '127.0.0.1',
    describe: 'Address on which the program serves its health',
    coerce: coerce.text(),
  },
  port: {
    default: 9464,
    describe: 'Port of this machine on which the program serves its health',
    coerce: coerce.integer(1, 65_535),
  },
  live: { type: 'boolean', default: false, describe: 'Ask /healthz, whether it lives, instead of /readyz' },
});
