import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Aedes, type AuthenticateError } from 'aedes';
import { startEmbedded } from './embedded.js';
import type { RunningBroker } from './running-broker.js';
import { until } from './until.js';

export interface MosquittoOptions {
  /** Where its files are, instead of in a folder that `stop` removes. */
  folder?: string;
  /** Write sessions and queued messages to disk when it stops, and read them at the start. */
  persistence?: boolean;
  /** User names with their passwords; without it everyone may connect. */
  passwords?: Record<string, string>;
  /** Lines of an ACL file. */
  acl?: string[];
  /** Paths of PEM files. */
  tls?: { ca: string; cert: string; key: string; clients?: boolean };
  /** More lines for the configuration. */
  config?: string[];
  /** Lines that belong to the listener, such as `max_qos 0`. */
  listener?: string[];
  /**
   * A whole configuration in place of all that, for one listener on that port of 127.0.0.1 and with files in that
   * folder.
   */
  whole?: (port: number, folder: string) => string;
}

/** A kind of broker that the same suite runs over. */
export interface Broker {
  readonly name: string;
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  start(): Promise<RunningBroker>;
}

/** A program in PATH, or where Debian puts servers, which is in no ordinary user's PATH. */
function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const program = find('mosquitto');

/** Why tests with mosquitto are skipped; undefined when they are not. */
export const mosquittoMissing: string | undefined = program
  ? undefined
  : 'mosquitto is not installed: apt-get install mosquitto';

/** Why tests with mosquitto_pub and mosquitto_sub are skipped; undefined when they are not. */
export const mosquittoClientsMissing: string | undefined =
  find('mosquitto_pub') && find('mosquitto_sub')
    ? undefined
    : 'mosquitto_pub and mosquitto_sub are not installed: apt-get install mosquitto-clients';

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

/** One that is a process. */
export interface BrokerProcess extends RunningBroker {
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
}

/** Starts mosquitto with its files in a temporary folder, which `stop` removes. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<BrokerProcess> {
  if (!program) throw new Error(mosquittoMissing);
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'facepipe-mosquitto-')));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, await configuration(options, folder, port));
  let child: ChildProcess | undefined;
  let log = '';

  const start = async () => {
    const started = spawn(program, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    children.add(started);
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    await until(`mosquitto answers on port ${port}`, async () => {
      if (started.exitCode !== null) {
        child = undefined;
        throw new Error(`mosquitto ended: ${log}`);
      }
      return answers(port);
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (!ending) return;
    if (ending.exitCode === null && ending.signalCode === null) {
      ending.kill(signal);
      await once(ending, 'exit');
    }
    children.delete(ending);
  };

  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    get pid() {
      return child?.pid;
    },
    crash: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
    stop: async () => {
      await end('SIGTERM');
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function configuration(options: MosquittoOptions, folder: string, port: number): Promise<string> {
  const { persistence = false, passwords, acl, tls, config = [], listener = [], whole } = options;
  // It would otherwise change to a user who may not write to the folder when root starts it.
  const user = process.getuid?.() === 0 ? ['user root'] : [];
  if (whole) return [...user, whole(port, folder)].join('\n');
  const lines = [
    'per_listener_settings false',
    ...user,
    `persistence ${persistence}`,
    ...(persistence ? [`persistence_location ${folder}/`] : []),
    `allow_anonymous ${!passwords}`,
    ...config,
  ];
  if (passwords) {
    const file = join(folder, 'passwords');
    await writeFile(
      file,
      Object.entries(passwords)
        .map((pair) => `${pair.join(':')}\n`)
        .join(''),
      { mode: 0o600 },
    );
    execFileSync(find('mosquitto_passwd') ?? 'mosquitto_passwd', ['-U', file]);
    lines.push(`password_file ${file}`);
  }
  if (acl) {
    const file = join(folder, 'acl');
    await writeFile(file, `${acl.join('\n')}\n`, { mode: 0o600 });
    lines.push(`acl_file ${file}`);
  }
  lines.push(`listener ${port} 127.0.0.1`, ...listener);
  if (tls) {
    lines.push(`cafile ${tls.ca}`, `certfile ${tls.cert}`, `keyfile ${tls.key}`);
    if (tls.clients) lines.push('require_certificate true');
  }
  return `${lines.join('\n')}\n`;
}

export interface AedesOptions {
  /** User names with their passwords, looked up at every login; without it everyone may connect. */
  passwords?: Record<string, string>;
  /** Makes the server that hands connections on, instead of one for plain TCP. */
  server?: (handle: (stream: Duplex) => void) => Server;
  /** Asked for every message; false ends its publisher's connection. */
  takes?: (topic: string, payload: Buffer) => boolean;
  /** Asked for every subscription; false refuses it. */
  grants?: (filter: string) => boolean;
}

/** Starts Aedes in this process, with its sessions in memory; `crash` and `restart` keep them. */
export async function startAedes(options: AedesOptions = {}): Promise<RunningBroker> {
  const { passwords, server: make = (handle) => createServer(handle), takes, grants } = options;
  const aedes = await Aedes.createBroker({
    authenticate: (_client, username, password, done) => {
      const known = !passwords || (username !== undefined && passwords[username] === password?.toString());
      if (known) return done(null, true);
      // Aedes' own enum is not there at run time: 4 is "bad user name or password" (MQTT 3.1.1, 3.2.2.3).
      const refused: AuthenticateError = Object.assign(new Error('refused'), { returnCode: 4 });
      done(refused, false);
    },
    ...(takes && {
      authorizePublish: (client, { topic, payload }, done) => {
        if (takes(topic, Buffer.from(payload))) return done(null);
        client?.close();
      },
    }),
    ...(grants && {
      authorizeSubscribe: (_client, subscription, done) =>
        done(null, grants(subscription.topic) ? subscription : null),
    }),
  });
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | undefined;
  const listen = async () => {
    server = make((stream) => aedes.handle(stream));
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const cut = async () => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    closing.close();
    for (const socket of sockets) socket.destroy();
    await once(closing, 'close');
  };
  await listen();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    crash: cut,
    restart: async () => {
      await cut();
      await listen();
    },
    stop: async () => {
      await cut();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** The brokers that every suite of delivery runs over. */
export const brokers: readonly Broker[] = [
  { name: 'mosquitto', missing: mosquittoMissing, start: () => startMosquitto({ persistence: true }) },
  // Aedes as it is shipped: with our sessions and limits
  { name: 'Aedes', missing: undefined, start: startEmbedded },
];
