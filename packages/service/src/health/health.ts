import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expectMembers } from '../argument.js';
import { serviceError } from '../errors.js';
import { Connections } from './connections.js';

/** Numbers to serve; a `Registry` of prom-client is one. */
export interface Metrics {
  /** In the format that `contentType` names. */
  metrics(): Promise<string>;
  readonly contentType: string;
}

export interface HealthOptions {
  /** 0 picks a free one. */
  port: number;
  /** Address to listen on; `0.0.0.0` or `::` for every one of the machine. Default 127.0.0.1. */
  host?: string;
  /** Undefined while ready; else the reason why not. */
  ready: () => string | undefined;
  /** Lines that follow `ready`. */
  remarks?: () => readonly string[];
  metrics: Metrics;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Connections at a time: many more than probes and a pair of Prometheus need, few beside the descriptors of a program.
 */
const maxConnections = 64;
/** Requests on one connection, one after the other or all at once; then it is closed. */
const maxRequests = 100;
/** Bytes of a request's headers. */
const longestHeaders = 8 * 1024;
/** ms for a request's headers, and for a connection without a word. */
const headerTime = 5_000;
/** ms for a whole request, and again for its answer to be taken. */
const requestTimeout = 10_000;

const text = 'text/plain; charset=utf-8';

/** Makes work that is asked for while it is in progress be done once for all who ask. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function answer(path: string, options: HealthOptions): Promise<[number, string, string]> {
  switch (path) {
    case '/healthz':
      return [200, text, 'alive\n'];
    case '/readyz': {
      const reason = options.ready();
      if (reason !== undefined) return [503, text, `${reason}\n`];
      return [200, text, ['ready', ...(options.remarks?.() ?? []), ''].join('\n')];
    }
    case '/metrics':
      return [200, options.metrics.contentType, await options.metrics.metrics()];
    default:
      return [404, text, 'There are /healthz, /readyz and /metrics.\n'];
  }
}

/**
 * Serves `/healthz` (200 while the program lives), `/readyz` (200, or 503 with the reason) and `/metrics` over HTTP. At
 * most 64 connections: one more closes the one that has been silent for longest. Each may take 5 s for its headers of
 * at most 8 KiB, 10 s for a request, 10 s to take the answer, and 100 requests. Metrics are computed once for all that
 * ask at a time.
 * @throws FacepipeError `FACEPIPE_E_HEALTH_PORT`, exit 2
 */
export async function serveHealth(given: HealthOptions): Promise<HealthServer> {
  const functions = { ready: 'function', remarks: 'function?' } as const;
  expectMembers('options', given, { port: 'number', host: 'text?', metrics: 'object', ...functions });
  expectMembers('options.metrics', given.metrics, { metrics: 'function', contentType: 'text' });
  const { contentType } = given.metrics;
  const options = { ...given, metrics: { contentType, metrics: shared(() => given.metrics.metrics()) } };
  const host = given.host ?? '127.0.0.1';
  const connections = new Connections(maxConnections);
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
      return;
    }
    const [path = ''] = (request.url ?? '').split('?');
    const [status, contentType, body] = await answer(path, options);
    const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  };
  const limits = {
    maxHeaderSize: longestHeaders,
    headersTimeout: headerTime,
    requestTimeout,
    keepAliveTimeout: headerTime,
    connectionsCheckingInterval: 1000,
  };
  const server = createServer(limits, (request, response) => {
    const { socket } = request;
    const late = setTimeout(() => socket.destroy(), requestTimeout).unref();
    response.once('close', () => clearTimeout(late));
    respond(request, response).catch(() => response.writeHead(500).end());
  });
  server.maxRequestsPerSocket = maxRequests;
  // nobody who waits for answers sends so many
  server.on('dropRequest', (_request, socket) => socket.destroy());
  connections.follow(server);
  server.listen(options.port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw serviceError(
      'FACEPIPE_E_HEALTH_PORT',
      { host, port: options.port, reason: words[reason] ?? reason },
      error,
    );
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const words: Record<string, string> = {
  EADDRINUSE: 'another program has it',
  EACCES: 'this user may not open it',
  EADDRNOTAVAIL: 'the address is not one of this machine',
  EAFNOSUPPORT: 'this machine has no addresses of that kind',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up',
};
