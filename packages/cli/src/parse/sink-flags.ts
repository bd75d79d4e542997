import { topics } from '@facepipe/wire';
import { clientId, maxMessage, state } from './broker-flags.js';
import * as coerce from './coerce.js';
import { healthHost } from './common-flags.js';
import { group } from './group.js';

/** Of a folder that keeps faces. */
export const storeMode = {
  type: 'string',
  default: '0600',
  describe:
    'Mode of the files in a store or quarantine that is a folder; who may read them may enter its folders',
  coerce: coerce.mode(),
} as const;

/** Where `--key` is the key of objects. */
export const tlsKey = {
  type: 'string',
  describe: 'PEM file of the client certificate’s key, which other commands call --key',
  coerce: coerce.text(),
} as const;

/** How objects are named. */
export const key = {
  type: 'string',
  default: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
  describe: 'Object key',
  coerce: coerce.text(),
} as const;

/** Where an S3 bucket is. */
export const s3 = {
  endpoint: { type: 'string', describe: 'URL of an S3-compatible server', coerce: coerce.text() },
  region: { type: 'string', describe: 'S3 region', coerce: coerce.text() },
  'path-style': { type: 'boolean', describe: 'Address buckets by path instead of by host name' },
} as const;

export const sink = {
  ...group('Broker', {
    group: {
      type: 'string',
      describe: 'Share the work with other sinks of this group (MQTT 5 shared subscription)',
      coerce: coerce.deviceName(),
    },
    member: {
      type: 'string',
      describe: 'Stable name of this member of the group',
      coerce: coerce.deviceName(),
    },
    'device-level': {
      describe: 'Topic level (1, 2, …) that names the device; default: the one + matched',
      coerce: coerce.integer(1, 100),
    },
    'dead-letter': {
      type: 'string',
      default: topics.dead,
      describe: 'Topic for what cannot be stored',
      coerce: coerce.text(),
    },
    'tls-key': tlsKey,
    'client-id': clientId,
    state,
    'max-message': maxMessage,
  }),
  ...group('Store', {
    store: {
      type: 'string',
      demandOption: true,
      describe: 's3://bucket/prefix or file:///folder',
      coerce: coerce.text(),
    },
    key,
    ...s3,
    acl: {
      type: 'string',
      describe: 'Canned ACL for the objects; default: private',
      coerce: coerce.text(),
    },
    'storage-class': {
      type: 'string',
      describe: 'S3 storage class, one of S3’s own names',
      coerce: coerce.text(),
    },
    sse: {
      type: 'string',
      describe: 'S3 server-side encryption: AES256 or aws:kms',
      coerce: coerce.text(),
    },
    quarantine: {
      type: 'string',
      describe: 'Store for the bytes of what cannot be stored: s3://… or file:///…',
      coerce: coerce.text(),
    },
    'store-mode': storeMode,
    concurrency: {
      default: 64,
      describe: 'Objects written at a time',
      coerce: coerce.integer(1, 1024),
    },
    'max-held': {
      type: 'string',
      default: '256MB',
      describe: 'Most bytes in memory at a time',
      coerce: coerce.bytes(),
    },
  }),
  ...group('Service', {
    host: healthHost,
    port: {
      default: 9464,
      describe: 'Port of /healthz, /readyz and /metrics; 0 picks a free one',
      coerce: coerce.integer(0, 65_535),
    },
  }),
};
