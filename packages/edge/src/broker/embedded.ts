import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, isIP } from 'node:net';
import { join } from 'node:path';
import { expectMembers, printable } from '@facepipe/service';
import { edgeError } from '../errors.js';
import { Database } from './database.js';
import { Doorman } from './doorman.js';
import { type BrokerLimits, diskLimits, memoryLimits } from './limits.js';
import { openMqtt } from './mqtt.js';
import { type Say, Troubles } from './troubles.js';

export interface EmbeddedBrokerOptions {
  /** Address to listen on. */
  host: string;
  /** Port to listen on; 0 picks a free one. */
  port: number;
  /** Folder for queues, sessions and retained messages; absent: in memory. */
  data?: string;
  /** Credentials that every client must give. */
  username?: string;
  password?: string;
  /** Told, one sentence each, what was refused, dropped or hung up on; one kind of trouble at most once a minute. */
  onTrouble?: Say;
}

/** Aedes in this process: MQTT 3.1.1, QoS 0 to 2, persistent sessions, all within stated limits. */
export interface EmbeddedBroker {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** By the system's code of why it does not listen. */
const remedies: Record<string, string> = {
  EADDRINUSE: 'Choose another --port (0 picks a free one), or stop the program that has it.',
  EACCES:
    'Choose a --port of 1024 or more: those below are for root, or for programs with the capability CAP_NET_BIND_SERVICE.',
  EADDRNOTAVAIL: 'Choose a --host that is an address of this machine, such as 127.0.0.1.',
  ENOTFOUND: 'Choose a --host that is an address of this machine, such as 127.0.0.1.',
};

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

/**
 * Starts the broker and resolves once it listens.
 * @throws FACEPIPE_E_BROKER_PORT, FACEPIPE_E_BROKER_OPEN, FACEPIPE_E_BROKER_DATA
 */
export async function startBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const login = { username: 'text?', password: 'text?' } as const;
  const members = { host: 'text', port: 'number', data: 'text?', onTrouble: 'function?', ...login } as const;
  expectMembers('options', options, members);
  return startLimited(options, options.data === undefined ? memoryLimits : diskLimits);
}

/** `startBroker` with other limits. */
export async function startLimited(
  options: EmbeddedBrokerOptions,
  limits: BrokerLimits,
): Promise<EmbeddedBroker> {
  const { host, port, data, username, password, onTrouble = () => {} } = options;
  if (!isLoopback(host) && (!username || !password)) throw edgeError('FACEPIPE_E_BROKER_OPEN', { host });
  const troubles = new Troubles((text) => onTrouble(printable(text)));
  const database = await Database.open(data, (text) => troubles.report('disk', text));
  if (data !== undefined && existsSync(join(data, 'CURRENT')))
    onTrouble(
      `the queues of an earlier version in ${printable(data)} are not read; remove them once they are not needed`,
    );
  const doorman = new Doorman(limits, troubles);
  const login = username && password ? { username, password } : undefined;
  const mqtt = await openMqtt({
    database,
    limits,
    troubles,
    login,
    welcome: (socket) => doorman.welcome(socket),
  });
  const server = createServer({ noDelay: true }, (socket) => {
    if (doorman.admit(socket)) mqtt.handle(socket);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    await mqtt.close();
    await database.close();
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const remedy = remedies[reason] ?? 'Choose another --port or --host.';
    throw edgeError('FACEPIPE_E_BROKER_PORT', { host, port, reason, remedy }, error);
  }
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `mqtt://${isIP(host) === 6 ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await mqtt.close();
      doorman.close();
      await closed;
      await database.close();
    },
  };
}
