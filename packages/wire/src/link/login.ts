import type { OutgoingMessage } from '../message/message.js';
import type { Broker } from './broker-url.js';

/** How to log in, and what to ask of the session. */
export interface Login {
  clientId: string;
  username?: string;
  password?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  clean: boolean;
  /** Seconds. */
  sessionExpiry: number;
  /** Seconds. */
  keepalive: number;
  will?: OutgoingMessage;
  /** Milliseconds. */
  connectTimeout: number;
  receiveMaximum?: number;
  /** Bytes. */
  maximumPacketSize: number;
}

/** The options MQTT.js gets. */
export function clientOptions(broker: Broker, login: Login, version: 4 | 5) {
  const { protocol, host, port, path } = broker;
  const {
    clientId,
    clean,
    keepalive,
    username,
    password,
    connectTimeout,
    receiveMaximum,
    maximumPacketSize,
    will,
  } = login;
  const secure = protocol === 'mqtts' || protocol === 'wss';
  const hostname = path === undefined ? host.replace(/^\[|\]$/g, '') : host;
  const properties = {
    sessionExpiryInterval: clean ? 0 : login.sessionExpiry,
    maximumPacketSize,
    ...(receiveMaximum === undefined ? {} : { receiveMaximum }),
  };
  return {
    protocol,
    host: hostname,
    hostname,
    port,
    ...(path === undefined ? {} : { path }),
    protocolVersion: version,
    clientId,
    clean,
    keepalive,
    connectTimeout,
    // The link connects and subscribes again by itself.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    // Left out for plain URLs, since a certificate would make MQTT.js turn mqtt: into mqtts: in silence.
    ...(secure && login.ca ? { ca: login.ca } : {}),
    ...(secure && login.cert ? { cert: login.cert } : {}),
    ...(secure && login.key ? { key: login.key } : {}),
    ...(version === 5 ? { properties } : {}),
    ...(will ? { will: willOf(will, version) } : {}),
  };
}

function willOf(will: OutgoingMessage, version: 4 | 5) {
  const { topic, payload, qos = 1, retain = false } = will;
  return { topic, payload, qos, retain, ...(version === 5 ? { properties: propertiesOf(will) } : {}) };
}

/** The properties of a PUBLISH or a will, for MQTT 5 only. */
export function propertiesOf({ contentType, userProperties }: OutgoingMessage) {
  return {
    ...(contentType === undefined ? {} : { contentType }),
    // MQTT.js writes an empty object as a malformed packet, which brokers answer by hanging up or not at all
    ...(userProperties && Object.keys(userProperties).length > 0 && { userProperties }),
  };
}
