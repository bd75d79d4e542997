import { defaultMaximumPacketSize, topicFilters, topics } from '@facepipe/wire';
import * as coerce from './coerce.js';
import { group } from './group.js';

/** Credentials for one side of a link; `prefix` is `from-` or `to-` where a command has two. */
function credentials<const P extends '' | 'from-' | 'to-'>(prefix: P, alias: boolean) {
  const flag = <const N extends string>(name: N): `${P}${N}` => `${prefix}${name}`;
  const short = (letter: string) => (alias ? { alias: letter } : {});
  const string = (describe: string) => ({
    type: 'string' as const,
    describe,
    coerce: coerce.text(),
  });
  return {
    [flag('username')]: { ...string('User name for the broker'), ...short('u') },
    [flag('password')]: {
      ...string('Password for the broker; visible in the process list, prefer --password-file'),
      ...short('P'),
    },
    [flag('password-file')]: string('File whose first line is the password'),
    [flag('ca')]: string('PEM file of the authority that signed the broker’s certificate'),
    [flag('cert')]: string('PEM file of the client certificate'),
    [flag('key')]: string('PEM file of the client certificate’s key'),
  } as Record<`${P}${CredentialFlag}`, ReturnType<typeof string>>;
}

export type CredentialFlag = 'username' | 'password' | 'password-file' | 'ca' | 'cert' | 'key';

const qos = {
  alias: 'q',
  default: 1,
  describe: 'MQTT quality of service: 0, 1 or 2',
  coerce: coerce.integer(0, 2) as (raw: coerce.Raw) => 0 | 1 | 2,
} as const;

export const clientId = {
  alias: 'i',
  type: 'string',
  describe:
    'MQTT client id; the broker keeps the queue under it, so it must stay the same across restarts, be unique and hard to guess; default: made of the secret in --state',
  coerce: coerce.text(),
} as const;

export const state = {
  type: 'string',
  describe:
    'Folder with the secret that makes client ids hard to guess; default: one for each command in XDG_STATE_HOME/facepipe or ~/.local/state/facepipe',
  coerce: coerce.text(),
} as const;

/** The bound that the memory of every program rests on. */
export const maxMessage = {
  type: 'string',
  default: `${defaultMaximumPacketSize / 2 ** 20}MiB`,
  describe:
    'Largest MQTT message that is taken or sent, bytes; a smaller limit that a broker announces is kept too',
  coerce: coerce.bytes(),
} as const;

/** The device; MQTT's topics and the bucket's keys carry it. */
export const name = {
  type: 'string',
  default: coerce.defaultName(),
  defaultDescription: 'host name',
  describe: 'This device',
  coerce: coerce.deviceName(),
} as const;

export const publish = group('Broker', {
  broker: {
    type: 'array',
    describe:
      'mqtt://, mqtts://, ws:// or wss:// URL, the nodes of a cluster with commas between them; repeat it to publish to several; none starts one on 127.0.0.1',
    coerce: coerce.list(),
  },
  name,
  topic: {
    alias: 't',
    type: 'string',
    default: 'facepipe/{name}/faces',
    describe: 'Topic the faces go to',
    coerce: coerce.text(),
  },
  qos,
  ...credentials('', true),
});

export const subscribe = group('Broker', {
  broker: {
    type: 'string',
    default: 'mqtt://127.0.0.1:1883',
    describe: 'URL of the broker; the nodes of a cluster have commas between them: mqtts://a,b,c',
    coerce: coerce.text(),
  },
  topic: {
    alias: 't',
    type: 'string',
    default: topicFilters.faces,
    describe: 'Topic filter of the faces',
    coerce: coerce.text(),
  },
  ...credentials('', true),
});

export const log = {
  ...group('Broker', { qos, 'client-id': clientId, state, 'max-message': maxMessage }),
  ...group('Output', {
    audit: {
      type: 'boolean',
      default: false,
      describe:
        'Instead of every face, say what is outstanding: faces without receipt, by device and sequence number; ends with 1 if there are any',
    },
    duration: {
      type: 'string',
      describe: 'Stop after this time: 30s, 5m, 2h',
      coerce: coerce.duration(),
    },
  }),
};

export const forward = group('Broker', {
  from: {
    type: 'string',
    default: 'mqtt://127.0.0.1:1883',
    describe: 'URL of the broker to take faces from; the nodes of a cluster have commas between them',
    coerce: coerce.text(),
  },
  to: {
    type: 'string',
    demandOption: true,
    describe: 'URL of the broker to carry them to; the nodes of a cluster have commas between them',
    coerce: coerce.text(),
  },
  'from-topic': {
    type: 'string',
    default: topicFilters.faces,
    describe: 'Topic filter to take',
    coerce: coerce.text(),
  },
  'to-topic': {
    type: 'string',
    default: topics.faces,
    describe: 'Topic they get there; {device} is the level that + matched; without + give the topic itself',
    coerce: coerce.text(),
  },
  qos,
  'client-id': clientId,
  state,
  'max-message': maxMessage,
  ...credentials('from-', false),
  ...credentials('to-', false),
});

export const broker = group('Broker', {
  host: {
    type: 'string',
    default: '127.0.0.1',
    describe: 'Address to listen on',
    coerce: coerce.text(),
  },
  port: {
    default: 1883,
    describe: 'Port to listen on; 0 picks a free one',
    coerce: coerce.integer(0, 65_535),
  },
  data: {
    type: 'string',
    default: './facepipe-broker',
    describe: 'Folder for queues, sessions and retained messages',
    coerce: coerce.text(),
  },
  username: {
    alias: 'u',
    type: 'string',
    describe: 'User name that clients must give',
    coerce: coerce.text(),
  },
  password: {
    alias: 'P',
    type: 'string',
    describe: 'Their password; visible in the process list, prefer --password-file',
    coerce: coerce.text(),
  },
  'password-file': {
    type: 'string',
    describe: 'File whose first line is their password',
    coerce: coerce.text(),
  },
});
