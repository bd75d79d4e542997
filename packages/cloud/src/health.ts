import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { cloudError } from './errors.js';

export interface HealthOptions {
  /** 0 picks a free one. */
  port: number;
  /** Default: every address of the machine. */
  host?: string;
  /** Undefined while ready; else the reason why not. */
  ready: () => string | undefined;
  /** Lines that follow `ready`. */
  remarks?: () => readonly string[];
  /** In the format that `contentType` names. */
  metrics: () => Promise<string>;
  contentType: string;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

const text = 'text/plain; charset=utf-8';

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
      return [200, options.contentType, await options.metrics()];
    default:
      return [404, text, 'There are /healthz, /readyz and /metrics.\n'];
  }
}

/**
 * Serves `/healthz` (200 while the program lives), `/readyz` (200, or 503 with the reason) and `/metrics` over HTTP.
 * @throws FacepipeError `FACEPIPE_E_HEALTH_PORT`, exit 2
 */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const [path = ''] = (request.url ?? '').split('?');
    const [status, contentType, body] = await answer(path, options);
    const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  };
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.writeHead(500).end());
  });
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw cloudError(
      'FACEPIPE_E_HEALTH_PORT',
      { port: options.port, reason: words[reason] ?? reason },
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
};
