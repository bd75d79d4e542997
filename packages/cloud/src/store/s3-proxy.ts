import { type AgentOptions, type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { cloudError } from '../errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

const ports: Record<string, string> = { 'http:': '80', 'https:': '443' };

/** A variable, in lower case first, as curl and Python's requests look it up. */
function variable(env: Environment, name: string): { name: string; value: string } | undefined {
  const lower = name.toLowerCase();
  const found = [lower, name].find((known) => env[known]?.trim());
  return found === undefined ? undefined : { name: found, value: env[found]?.trim() ?? '' };
}

/** Whether an address is in a network such as 10.0.0.0/8 or fd00::/8. */
function isWithin(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * One entry of NO_PROXY: `*`, a domain with all below it (`.` or `*.` before it or not), an address, a network; perhaps
 * a port.
 */
function spares(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isWithin(host, entry);
  const [, bracketed, plain = '', only] =
    /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(isIP(entry) ? `[${entry}]` : entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const name = (bracketed ?? plain).replace(/^\*?\./, '');
  return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

/**
 * The proxy that the environment names for a URL: HTTPS_PROXY or HTTP_PROXY by its scheme, else ALL_PROXY, unless
 * NO_PROXY spares its host. NO_PROXY is read as curl, Go and AWS's tools read it: a domain spares what is below it.
 * @throws FacepipeError FACEPIPE_E_STORE_PROXY
 */
export function proxyFor(url: string, env: Environment): URL | undefined {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const given = variable(env, scheme) ?? variable(env, 'ALL_PROXY');
  if (!given) return undefined;
  const host = hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  const exceptions = (variable(env, 'NO_PROXY')?.value ?? '').toLowerCase().split(/[\s,]+/);
  if (exceptions.some((entry) => spares(entry, host, port || (ports[protocol] ?? '')))) return undefined;
  return parseProxy(given);
}

function parseProxy({ name, value }: { name: string; value: string }): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  // what it says may be a password
  const refuse = (reason: string) => cloudError('FACEPIPE_E_STORE_PROXY', { variable: name, reason });
  if (!URL.canParse(text)) throw refuse('it is not a URL');
  const url = new URL(text);
  if (!ports[url.protocol]) throw refuse(`its scheme is neither http nor https`);
  return url;
}

/** Connects each host directly or through its proxy, and keeps the connections. */
export class ProxiedAgent extends Agent {
  readonly #options: AgentOptions;
  readonly #env: Environment;
  /** By the proxy, and whether the host speaks TLS. */
  readonly #agents = new Map<string, HttpAgent>();

  constructor(options: AgentOptions, env: Environment) {
    super();
    this.#options = { keepAlive: true, ...options };
    this.#env = env;
  }

  override async connect(_request: ClientRequest, options: AgentConnectOpts): Promise<HttpAgent> {
    const { secureEndpoint, host, port } = options;
    const name = isIP(host ?? '') === 6 ? `[${host}]` : host;
    const proxy = proxyFor(`${secureEndpoint ? 'https' : 'http'}://${name}:${port}`, this.#env);
    const key = `${secureEndpoint} ${proxy?.href}`;
    const agent = this.#agents.get(key) ?? this.#open(secureEndpoint, proxy);
    this.#agents.set(key, agent);
    return agent;
  }

  override destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    super.destroy();
  }

  #open(secure: boolean, proxy: URL | undefined): HttpAgent {
    if (!proxy) return secure ? new HttpsAgent(this.#options) : new HttpAgent(this.#options);
    return secure ? new HttpsProxyAgent(proxy, this.#options) : new HttpProxyAgent(proxy, this.#options);
  }
}

/** Whether the environment names any proxy. */
export function namesProxy(env: Environment): boolean {
  return ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].some((name) => variable(env, name) !== undefined);
}
