import { expectArgument } from '@facepipe/service';
import { wireError } from '../errors.js';

const ports = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };

/** A broker's address, taken apart. */
export interface Broker {
  protocol: keyof typeof ports;
  /** As a URL writes it: an IPv6 address is in brackets. */
  host: string;
  port: number;
  /** Path and query, for WebSockets only. */
  path?: string;
  /** `host:port`, for messages. */
  name: string;
  /** The URL without userinfo. */
  url: string;
  username?: string;
  password?: string;
  /** Each node by itself, where the URL names several. */
  nodes?: readonly Broker[];
}

/** The URL without user name and password, fit for logs; also of a URL that cannot be parsed. */
export function redact(url: string): string {
  expectArgument('url', url, 'text');
  // A password with an unescaped / # or ? ends the authority too early, so everything up to the last @ goes.
  return url.replace(/^((?:[a-z][a-z0-9+.-]*:)?\/\/)?.*@/is, '$1');
}

function isProtocol(text: string): text is keyof typeof ports {
  return Object.hasOwn(ports, text);
}

/** Protocol and login, hosts with their ports, and what follows; the last @ before a path ends the login. */
const cluster = /^([^/?#]*:\/\/(?:[^/?#]*@)?)([^/?#@]*,[^/?#@]*)((?:[/?#].*)?)$/s;

/**
 * Takes a broker's URL apart. User name and password are percent-decoded. The nodes of a cluster have commas between
 * them: `mqtts://a.example,b.example:8884`.
 * @throws FACEPIPE_E_BROKER_URL, in which neither appears
 */
export function parseBroker(text: string): Broker {
  expectArgument('url', text, 'text');
  const [, before = '', hosts, after = ''] = cluster.exec(text) ?? [];
  if (hosts === undefined) return parseNode(text);
  const nodes = hosts.split(',').map((host) => parseNode(before + host + after));
  const [first = parseNode(text)] = nodes;
  const name = nodes.map((node) => node.name).join(',');
  const { protocol, path = '' } = first;
  return { ...first, name, url: `${protocol}://${name}${path}`, nodes };
}

function parseNode(text: string): Broker {
  // The parser's own error carries its input, and with it the password, so it is not kept as a cause.
  const fault = (reason: string) => wireError('FACEPIPE_E_BROKER_URL', { url: redact(text), reason });
  if (!URL.canParse(text)) throw fault('is not a URL');
  const url = new URL(text);
  const protocol = url.protocol.slice(0, -1);
  if (!isProtocol(protocol)) throw fault(`has the unknown protocol ${protocol}`);
  if (!url.hostname) throw fault('has no host');
  if (url.hash) throw fault('has a # in it');
  const path = url.pathname + url.search;
  const webSocket = protocol === 'ws' || protocol === 'wss';
  if (!webSocket && path !== '' && path !== '/')
    throw fault('has a path, which only ws:// and wss:// can have');
  const port = url.port ? Number(url.port) : ports[protocol];
  const { username, password } = url;
  return {
    protocol,
    host: url.hostname,
    port,
    ...(webSocket ? { path } : {}),
    name: `${url.hostname}:${port}`,
    url: `${protocol}://${url.host}${webSocket ? path : ''}`,
    ...(username ? { username: decode(username, fault) } : {}),
    ...(password ? { password: decode(password, fault) } : {}),
  };
}

function decode(text: string, fault: (reason: string) => Error): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw fault('has a % in its user name or password that is not percent-encoded (%25)');
  }
}
