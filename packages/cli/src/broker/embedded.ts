import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer, isIP, type Socket } from 'node:net';
import { Aedes, type AuthenticateError } from 'aedes';
import createLevelPersistence from 'aedes-persistence-level';
import { ClassicLevel } from 'classic-level';
import { cliError } from '../error.js';

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
}

/** Aedes in this process: MQTT 3.1.1, QoS 0 to 2, persistent sessions. */
export interface EmbeddedBroker {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

class RefusedLogin extends Error implements AuthenticateError {
  // CONNACK 4, MQTT 3.1.1 section 3.2.2.3
  readonly returnCode = 4;
}

async function openPersistence(folder: string) {
  const db = new ClassicLevel<string, Buffer>(folder);
  try {
    mkdirSync(folder, { recursive: true });
    await db.open();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const locked = cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
    const reason = locked
      ? 'another broker is using it'
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw cliError('FACEPIPE_E_BROKER_DATA', { folder, reason }, error);
  }
  return { persistence: createLevelPersistence(db), close: () => db.close() };
}

function authenticator(username: string, password: string) {
  const expected = [digest(username), digest(password)] as const;
  return (
    _client: unknown,
    givenName: string | undefined,
    givenPassword: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void => {
    // both compared whatever the first says: the time taken tells nothing
    const name = timingSafeEqual(digest(givenName ?? ''), expected[0]);
    const word = timingSafeEqual(digest(givenPassword ?? ''), expected[1]);
    if (name && word) done(null, true);
    else done(new RefusedLogin('wrong user name or password'), null);
  };
}

/**
 * Starts the broker and resolves once it listens.
 * @throws FACEPIPE_E_BROKER_PORT, FACEPIPE_E_BROKER_OPEN, FACEPIPE_E_BROKER_DATA
 */
export async function startBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { host, port, data, username, password } = options;
  if (!isLoopback(host) && (!username || !password)) throw cliError('FACEPIPE_E_BROKER_OPEN', { host });
  const store = data === undefined ? undefined : await openPersistence(data);
  const aedes = await Aedes.createBroker({
    ...(store && { persistence: store.persistence }),
    ...(username && password && { authenticate: authenticator(username, password) }),
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  const closeAedes = () => new Promise<void>((resolve) => aedes.close(resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    await closeAedes();
    await store?.close();
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw cliError('FACEPIPE_E_BROKER_PORT', { host, port, reason }, error);
  }
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `mqtt://${isIP(host) === 6 ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await closeAedes();
      for (const socket of sockets) socket.destroy();
      await closed;
      await store?.close();
    },
  };
}
