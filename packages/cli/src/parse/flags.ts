import { cascadeNames } from '@facepipe/core';
import type { Options } from 'yargs';
import * as coerce from './coerce.js';

/** A named group of flags, as `--help` and docs/commands.md show it. */
type Flags = Record<string, Options & { describe: string }>;

function group<const T extends Flags>(name: string, flags: T): { [K in keyof T]: T[K] & { group: string } } {
  const entries = Object.entries(flags).map(([key, flag]) => [
    key,
    { ...flag, group: `${name}:`, requiresArg: flag.type !== 'boolean' },
  ]);
  return Object.fromEntries(entries);
}

/** `choices` is for `--help`; the coercion refuses in our own words, before yargs looks. */
const choice = <const T extends string>(flag: string, choices: readonly T[]) => ({
  choices,
  coerce: coerce.choice(flag, choices),
});

export const common = group('General', {
  config: {
    type: 'string',
    describe: 'YAML or JSON file with flags as keys; each flag also as FACEPIPE_<FLAG>',
    coerce: coerce.text('config'),
  },
  'log-level': {
    ...choice('log-level', ['error', 'warn', 'info', 'debug', 'silent']),
    default: 'info',
    describe: 'How much to log on stderr',
  },
  json: { type: 'boolean', default: false, describe: 'Results as JSON on stdout, logs as JSON on stderr' },
  quiet: { type: 'boolean', default: false, describe: 'No progress on stderr' },
});

export const source = group('Source', {
  source: {
    type: 'string',
    describe:
      'webcam | rtsp://… | http(s)://… | a video | an image, a folder, a glob | - (MJPEG on stdin) | demo; default: webcam where there is one, else demo',
    coerce: coerce.text('source'),
  },
  width: { describe: 'Frame width to ask the source for, pixels', coerce: coerce.integer('width', 1, 16384) },
  height: {
    describe: 'Frame height to ask the source for, pixels',
    coerce: coerce.integer('height', 1, 16384),
  },
  fps: {
    describe: 'Frames per second to ask the source for',
    coerce: coerce.decimal('fps', 0, 1000, 'a number of frames per second greater than 0 and at most 1000'),
  },
  realtime: {
    type: 'boolean',
    describe:
      'Pace files and the demo scene like a camera, where the newest frame wins; --no-realtime keeps every frame',
  },
  seed: { default: 1, describe: 'Which demo scene to play', coerce: coerce.integer('seed', 0, 0xffffffff) },
  frames: { describe: 'Stop after this many frames', coerce: coerce.integer('frames', 1) },
  duration: {
    type: 'string',
    describe: 'Stop after this time: 30s, 5m, 2h',
    coerce: coerce.duration('duration'),
  },
});

/** OpenCV's own defaults, so that `facepipe detect` can be compared with `detectMultiScale`. */
export const detection = group('Detection', {
  cascade: {
    type: 'string',
    default: 'frontalface_default',
    describe: `Bundled cascade (${cascadeNames.slice(0, 4).join(', ')}, …) or an OpenCV XML file`,
    coerce: coerce.text('cascade'),
  },
  'scale-factor': {
    default: 1.1,
    describe: 'How much larger the window is at each next scale',
    coerce: coerce.decimal('scale-factor', 1),
  },
  'min-neighbors': {
    default: 3,
    describe: 'How many neighbours a face needs to be kept; 0 gives the raw candidates',
    coerce: coerce.integer('min-neighbors', 0, 1_000_000),
  },
  'min-size': {
    type: 'string',
    describe: 'Smallest face, pixels: N or WxH',
    coerce: coerce.size('min-size'),
  },
  'max-size': { type: 'string', describe: 'Largest face, pixels: N or WxH', coerce: coerce.size('max-size') },
  engine: { ...choice('engine', ['opencv']), default: 'opencv', describe: 'What computes the boxes' },
});

/** Better for a camera than OpenCV's: the measurement is in docs/detection.md. */
export const liveDetection = {
  ...detection,
  cascade: { ...detection.cascade, default: 'frontalface_alt2' },
  'min-neighbors': { ...detection['min-neighbors'], default: 5 },
  'min-size': { ...detection['min-size'], default: '30' },
};

/** Credentials for one side of a link; `prefix` is `from-` or `to-` where a command has two. */
function credentials<const P extends '' | 'from-' | 'to-'>(prefix: P, alias: boolean) {
  const flag = <const N extends string>(name: N): `${P}${N}` => `${prefix}${name}`;
  const short = (letter: string) => (alias ? { alias: letter } : {});
  const string = (name: string, describe: string) => ({
    type: 'string' as const,
    describe,
    coerce: coerce.text(flag(name)),
  });
  return {
    [flag('username')]: { ...string('username', 'User name for the broker'), ...short('u') },
    [flag('password')]: {
      ...string('password', 'Password for the broker; visible in the process list, prefer --password-file'),
      ...short('P'),
    },
    [flag('password-file')]: string('password-file', 'File whose first line is the password'),
    [flag('ca')]: string('ca', 'PEM file of the authority that signed the broker’s certificate'),
    [flag('cert')]: string('cert', 'PEM file of the client certificate'),
    [flag('key')]: string('key', 'PEM file of the client certificate’s key'),
  } as Record<`${P}${CredentialFlag}`, ReturnType<typeof string>>;
}

export type CredentialFlag = 'username' | 'password' | 'password-file' | 'ca' | 'cert' | 'key';

const qos = {
  alias: 'q',
  default: 1,
  describe: 'MQTT quality of service: 0, 1 or 2',
  coerce: coerce.integer('qos', 0, 2) as (raw: coerce.Raw) => 0 | 1 | 2,
} as const;

const clientId = {
  alias: 'i',
  type: 'string',
  describe: 'MQTT client id; the broker keeps the queue under it, so it must be stable and used once',
  coerce: coerce.text('client-id'),
} as const;

export const publish = group('Broker', {
  broker: {
    type: 'array',
    describe:
      'mqtt://, mqtts://, ws:// or wss:// URL; repeat it to publish to several; none starts one on 127.0.0.1',
    coerce: coerce.list('broker'),
  },
  name: {
    type: 'string',
    default: coerce.defaultName(),
    defaultDescription: 'host name',
    describe: 'This device',
    coerce: coerce.deviceName('name'),
  },
  topic: {
    alias: 't',
    type: 'string',
    default: 'facepipe/{name}/faces',
    describe: 'Topic the faces go to',
    coerce: coerce.text('topic'),
  },
  qos,
  ...credentials('', true),
});

export const output = group('Output', {
  format: {
    ...choice('format', ['png', 'jpeg', 'webp']),
    default: 'png',
    describe: 'Image format of a face',
  },
  quality: {
    default: 90,
    describe: 'JPEG and WebP quality, 1 to 100',
    coerce: coerce.integer('quality', 1, 100),
  },
  padding: {
    default: 0,
    describe: 'Margin around the box, as a fraction of its size',
    coerce: coerce.fraction('padding', 4),
  },
});

export const health = group('Service', {
  port: {
    describe: 'Serve /healthz, /readyz and /metrics on this port; 0 picks a free one',
    coerce: coerce.integer('port', 0, 65_535),
  },
});

export const subscribe = group('Broker', {
  broker: {
    type: 'string',
    default: 'mqtt://127.0.0.1:1883',
    describe: 'URL of the broker',
    coerce: coerce.text('broker'),
  },
  topic: {
    alias: 't',
    type: 'string',
    default: 'facepipe/+/faces',
    describe: 'Topic filter of the faces',
    coerce: coerce.text('topic'),
  },
  ...credentials('', true),
});

export const log = { qos: { ...qos, group: 'Broker:', requiresArg: true } };

export const forward = group('Broker', {
  from: {
    type: 'string',
    default: 'mqtt://127.0.0.1:1883',
    describe: 'URL of the broker to take faces from',
    coerce: coerce.text('from'),
  },
  to: {
    type: 'string',
    demandOption: true,
    describe: 'URL of the broker to carry them to',
    coerce: coerce.text('to'),
  },
  'from-topic': {
    type: 'string',
    default: 'facepipe/+/faces',
    describe: 'Topic filter to take',
    coerce: coerce.text('from-topic'),
  },
  'to-topic': {
    type: 'string',
    default: 'facepipe/{device}/faces',
    describe: 'Topic they get there; {device} is the level that + matched',
    coerce: coerce.text('to-topic'),
  },
  qos,
  'client-id': clientId,
  ...credentials('from-', false),
  ...credentials('to-', false),
});

export const sink = {
  ...group('Broker', {
    group: {
      type: 'string',
      describe: 'Share the work with other sinks of this group (MQTT 5 shared subscription)',
      coerce: coerce.deviceName('group'),
    },
    member: {
      type: 'string',
      describe: 'Stable name of this member of the group',
      coerce: coerce.deviceName('member'),
    },
    'device-level': {
      describe: 'Topic level (1, 2, …) that names the device; default: the one + matched',
      coerce: coerce.integer('device-level', 1, 100),
    },
    'dead-letter': {
      type: 'string',
      default: 'facepipe/{device}/dead',
      describe: 'Topic for what cannot be stored',
      coerce: coerce.text('dead-letter'),
    },
    'client-id': clientId,
  }),
  ...group('Store', {
    store: {
      type: 'string',
      demandOption: true,
      describe: 's3://bucket/prefix or file:///folder',
      coerce: coerce.text('store'),
    },
    key: {
      type: 'string',
      default: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
      describe: 'Object key',
      coerce: coerce.text('key'),
    },
    endpoint: { type: 'string', describe: 'URL of an S3-compatible server', coerce: coerce.text('endpoint') },
    region: { type: 'string', describe: 'S3 region', coerce: coerce.text('region') },
    'path-style': { type: 'boolean', describe: 'Address buckets by path instead of by host name' },
    acl: {
      type: 'string',
      describe: 'Canned ACL for the objects; default: private',
      coerce: coerce.text('acl'),
    },
    'storage-class': { type: 'string', describe: 'S3 storage class', coerce: coerce.text('storage-class') },
    sse: {
      type: 'string',
      describe: 'S3 server-side encryption: AES256 or aws:kms',
      coerce: coerce.text('sse'),
    },
    quarantine: {
      type: 'string',
      describe: 'Store for the bytes of what cannot be stored: s3://… or file:///…',
      coerce: coerce.text('quarantine'),
    },
    concurrency: {
      default: 64,
      describe: 'Objects written at a time',
      coerce: coerce.integer('concurrency', 1, 1024),
    },
    'max-held': {
      type: 'string',
      default: '256MB',
      describe: 'Most bytes in memory at a time',
      coerce: coerce.bytes('max-held'),
    },
  }),
  ...group('Service', {
    port: {
      default: 9464,
      describe: 'Port of /healthz, /readyz and /metrics; 0 picks a free one',
      coerce: coerce.integer('port', 0, 65_535),
    },
  }),
};

export const broker = group('Broker', {
  host: {
    type: 'string',
    default: '127.0.0.1',
    describe: 'Address to listen on',
    coerce: coerce.text('host'),
  },
  port: {
    default: 1883,
    describe: 'Port to listen on; 0 picks a free one',
    coerce: coerce.integer('port', 0, 65_535),
  },
  data: {
    type: 'string',
    default: './facepipe-broker',
    describe: 'Folder for queues, sessions and retained messages',
    coerce: coerce.text('data'),
  },
  username: {
    alias: 'u',
    type: 'string',
    describe: 'User name that clients must give',
    coerce: coerce.text('username'),
  },
  password: {
    alias: 'P',
    type: 'string',
    describe: 'Their password; visible in the process list, prefer --password-file',
    coerce: coerce.text('password'),
  },
  'password-file': {
    type: 'string',
    describe: 'File whose first line is their password',
    coerce: coerce.text('password-file'),
  },
});

export const detect = group('Output', {
  crops: { type: 'string', describe: 'Folder to write each face to', coerce: coerce.text('crops') },
  annotate: {
    type: 'string',
    describe: 'Folder to write each picture to, with its faces framed',
    coerce: coerce.text('annotate'),
  },
});

export const demo = {
  ...group('Output', {
    data: {
      type: 'string',
      default: './facepipe-data',
      describe: 'Folder for everything the demo keeps; objects in bucket/',
      coerce: coerce.text('data'),
    },
  }),
  name: { ...publish.name },
};
