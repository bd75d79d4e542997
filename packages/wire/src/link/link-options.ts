import type { FacepipeError } from '@facepipe/service';
import { expectMembers, newId } from '@facepipe/service';
import { wireError } from '../errors.js';
import { expectOutgoing, type IncomingMessage, type OutgoingMessage } from '../message/message.js';
import { checkTopic } from '../message/topic.js';
import { type Broker, parseBroker } from './broker-url.js';
import type { Link } from './link.js';
import type { Login } from './login.js';
import { checkProperties, defaultMaximumPacketSize, largestPacket } from './packet.js';

/** What a program proves itself with, and whom it trusts. */
export interface Credentials {
  username?: string;
  password?: string;
  /** PEM of the certificate authorities to trust instead of Node's. */
  ca?: Buffer;
  /** PEM of the client's certificate. */
  cert?: Buffer;
  /** PEM of the client's private key. */
  key?: Buffer;
}

/** Where and how to connect. `username` and `password` go before the URL's. */
export interface LinkOptions extends Credentials {
  /**
   * `mqtt://`, `mqtts://`, `ws://` or `wss://`, with host and perhaps port (default 1883, 8883, 80, 443) and userinfo
   * (percent-encoded). The nodes of a cluster have commas between them; they are tried in that order, and after a loss
   * it is the next one's turn. Certificates are used by `mqtts:` and `wss:` only.
   */
  url: string;
  /** Default random; needed when `clean` is false. */
  clientId?: string;
  /**
   * Asked before every connection, for credentials that change while the program runs; they go before those above.
   * While there is a connection they are asked for every `credentialsInterval`, and when they have changed, the link
   * disconnects and connects with the new ones. What it throws counts as a failed attempt.
   */
  credentials?: () => Credentials | Promise<Credentials>;
  /** Milliseconds, default 30,000. */
  credentialsInterval?: number;
  /** False keeps a session in the broker, which queues while the link is offline. Default true. */
  clean?: boolean;
  /** Seconds the broker keeps the session while the link is offline (MQTT 5). Default 7 days when `clean` is false. */
  sessionExpiry?: number;
  /** Seconds, default 30; the connection counts as dead after 1.5 of it without an answer. */
  keepalive?: number;
  /** What the broker publishes when the connection breaks without `close`. */
  will?: OutgoingMessage;
  /** Milliseconds for one attempt, default 10,000. */
  connectTimeout?: number;
  /** Milliseconds a publish, subscribe or unsubscribe may take, reconnects included; default 30,000. */
  publishTimeout?: number;
  /** Publishes that may wait for the broker's answer at once, default 64; a broker's lower limit is kept. */
  maxInflight?: number;
  /** Unacknowledged messages the broker may send at once (MQTT 5), default 65,535. */
  receiveMaximum?: number;
  /**
   * Bytes of the largest packet that is taken and sent, default 8 MiB. A broker of MQTT 5 is told, and sends no larger
   * one; what comes all the same is passed over (`onOversize`). What is larger is not published either.
   */
  maximumPacketSize?: number;
  /**
   * Bytes of payload in unfinished handlers, default 64 MiB; beyond it messages are left to the broker, and so they are
   * beyond as much again, 1 to 64 MiB, that they take besides.
   */
  maxHeld?: number;
  /**
   * Called on every connect, after subscribing again; `connect` waits for it. If it fails, the connection counts as
   * failed: `connect` rejects, a reconnect is tried again.
   */
  onConnect?: (link: Link) => void | Promise<void>;
  /**
   * Called when the connection is lost, and while it is offline whenever the reason changes. Of a rival with the same
   * client id it hears the first time, the third, the ninth and so on. Must not throw.
   */
  onDisconnect?: (reason: FacepipeError) => void;
  /**
   * Gets the messages of the session that nobody here subscribed to 30 s after the first connection, with
   * FACEPIPE_E_UNCLAIMED: an earlier run did, or another client under this client id. Its promise is the
   * acknowledgement, as a handler's. Without it they are acknowledged and dropped.
   */
  onUnclaimed?: (message: IncomingMessage, reason: FacepipeError) => Promise<void>;
  /**
   * Called for a message larger than `maximumPacketSize`, which only brokers send that know no such limit (MQTT 3.1.1).
   * It is acknowledged without being read, since it would come again on every connection. Must not throw.
   */
  onOversize?: (error: FacepipeError) => void;
}

/** Options with every default filled in. */
export interface Settings {
  broker: Broker;
  login: Login;
  publishTimeout: number;
  maxInflight: number;
  maxHeld: number;
  maximumPacketSize: number;
  credentials: NonNullable<LinkOptions['credentials']>;
  credentialsInterval: number;
}

const week = 7 * 24 * 3600;

/** `ca`, `cert` and `key` are left to Node, which also takes texts and lists of them. */
const members = {
  url: 'text',
  username: 'text?',
  password: 'text?',
  clientId: 'text?',
  credentials: 'function?',
  credentialsInterval: 'number?',
  clean: 'boolean?',
  sessionExpiry: 'number?',
  keepalive: 'number?',
  will: 'object?',
  connectTimeout: 'number?',
  publishTimeout: 'number?',
  maxInflight: 'number?',
  receiveMaximum: 'number?',
  maximumPacketSize: 'number?',
  maxHeld: 'number?',
  onConnect: 'function?',
  onDisconnect: 'function?',
  onUnclaimed: 'function?',
  onOversize: 'function?',
} as const;

/**
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_BROKER_URL, FACEPIPE_E_CLIENT_ID, FACEPIPE_E_TOPIC and FACEPIPE_E_PROPERTY
 * (of the will)
 */
export function settle(options: LinkOptions): Settings {
  expectMembers('options', options, members);
  const broker = parseBroker(options.url);
  const { clean = true, will, username = broker.username, password = broker.password } = options;
  const { ca, cert, key, receiveMaximum } = options;
  if (!clean && !options.clientId) throw wireError('FACEPIPE_E_CLIENT_ID', { broker: broker.name });
  if (will) {
    expectOutgoing(will, 'options.will');
    checkTopic(will.topic);
    checkProperties(will);
  }
  const maximumPacketSize = Math.min(largestPacket, options.maximumPacketSize ?? defaultMaximumPacketSize);
  const login: Login = {
    // 23 letters and digits are what every MQTT 3.1.1 broker takes [MQTT-3.1.3-5].
    clientId: options.clientId ?? `facepipe${newId().slice(-15)}`,
    clean,
    sessionExpiry: options.sessionExpiry ?? week,
    keepalive: options.keepalive ?? 30,
    connectTimeout: options.connectTimeout ?? 10_000,
    maximumPacketSize,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(will ? { will } : {}),
    ...(receiveMaximum === undefined ? {} : { receiveMaximum }),
  };
  return {
    broker,
    login,
    publishTimeout: options.publishTimeout ?? 30_000,
    maxInflight: options.maxInflight ?? 64,
    maxHeld: options.maxHeld ?? 8 * defaultMaximumPacketSize,
    maximumPacketSize,
    credentials: options.credentials ?? (() => ({})),
    credentialsInterval: options.credentialsInterval ?? 30_000,
  };
}
