import { fileURLToPath } from 'node:url';
import { expectMembers, systemClock } from '@facepipe/service';
import { Connections } from '@facepipe/service/health';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import files from '@fastify/static';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { viewError } from '../errors.js';
import { Access, isLoopback } from './access.js';
import { CameraView } from './camera-view.js';
import { addImages, type ImageOptions } from './images.js';
import { addSession, keyOf } from './session.js';
import { Viewers } from './viewers.js';

export interface ViewOptions extends ImageOptions {
  /** 0 picks a free one. */
  port: number;
  /** Address to listen on. Default 127.0.0.1; others need a token. */
  host?: string;
  /** What people have to enter: 16 characters or more. Default: nothing, and only this machine is served. */
  token?: string;
}

/** A page that is served. */
export interface View {
  /** Where it is, for the address line of a browser. */
  readonly url: string;
  readonly port: number;
  /** Takes the camera's frames. */
  readonly camera: CameraView;
  /** People who look at it now. */
  readonly viewers: number;
  close(): Promise<void>;
}

const plain = 'text/plain; charset=utf-8';
/** Connections at a time; one more closes the one that has been silent for longest. */
const maxConnections = 256;
/** Bytes of a request's headers, and of its body: a token. */
const limits = { headers: 8 * 1024, body: 4 * 1024 };
/** ms for a request, and for a connection without one. */
const requestTimeout = 10_000;
/** Characters of a token that nobody guesses. */
const shortestToken = 16;
/** Only what the page needs, and nothing of other hosts. */
const policy = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'img-src': ["'self'", 'blob:'],
    'connect-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  },
} as const;

/**
 * Serves the page. On this machine alone unless there is a token; with Host and Origin checked, so that no page of
 * another site can use the browser of who may see this one.
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_VIEW_OPEN, FACEPIPE_E_VIEW_TOKEN, FACEPIPE_E_VIEW_PORT (exit 2)
 */
export async function serveView(options: ViewOptions): Promise<View> {
  const members = {
    feed: 'object',
    port: 'number',
    host: 'text?',
    token: 'text?',
    object: 'function?',
  } as const;
  expectMembers('options', options, members);
  const { feed, host = '127.0.0.1', port, token } = options;
  if (token === undefined && !isLoopback(host)) throw viewError('FACEPIPE_E_VIEW_OPEN', { host });
  if (token !== undefined && token.length < shortestToken)
    throw viewError('FACEPIPE_E_VIEW_TOKEN', { length: token.length });
  const access = new Access(token);
  const viewers: Viewers = new Viewers(feed, () => camera.shown);
  const camera = new CameraView(() => viewers, systemClock.elapsed);
  const server = fastify({
    bodyLimit: limits.body,
    requestTimeout,
    keepAliveTimeout: requestTimeout,
    forceCloseConnections: true,
    http: { maxHeaderSize: limits.headers, headersTimeout: requestTimeout },
  });
  watchConnections(server);
  await server.register(helmet, {
    contentSecurityPolicy: policy,
    // by whoever has a certificate: a proxy before this
    strictTransportSecurity: false,
  });
  await server.register(cookie);
  await server.register(rateLimit, { global: false });
  await server.register(websocket, { options: { maxPayload: 1024, perMessageDeflate: false } });
  // the token is all a form has
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: FastifyRequest, body: string | Buffer) => Object.fromEntries(new URLSearchParams(String(body))),
  );
  server.addHook('onRequest', async ({ headers }, reply) => {
    const forwardedHost = headers['x-forwarded-host'];
    const refusal = access.refusal({
      host: headers.host?.toLowerCase(),
      origin: headers.origin?.toLowerCase(),
      forwardedHost: typeof forwardedHost === 'string' ? forwardedHost.toLowerCase() : undefined,
    });
    if (refusal !== undefined) return reply.code(403).type(plain).send(`${refusal}\n`);
  });
  await server.register(files, {
    root: fileURLToPath(new URL('../../bundle', import.meta.url)),
    // a new version of the page is asked for at once
    cacheControl: false,
    etag: true,
    setHeaders: (response) => response.setHeader('cache-control', 'no-cache'),
  });
  addSession(server, access);
  await server.register(async (inner) => {
    inner.addHook('onRequest', async (request, reply) => {
      if (!access.isSignedIn(keyOf(request), systemClock.now()))
        return reply.code(401).type(plain).send('Sign in on the page first.\n');
    });
    inner.get('/stream', { websocket: true }, (socket) => viewers.add(socket));
    addImages(inner, options);
  });
  try {
    await server.listen({ host, port });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    await server.close();
    throw viewError('FACEPIPE_E_VIEW_PORT', { port, host, reason }, error);
  }
  const address = server.server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${listening}/`,
    port: listening,
    camera,
    get viewers() {
      return viewers.size;
    },
    close: async () => {
      viewers.close();
      await server.close();
    },
  };
}

/** Strangers cannot use up the descriptors of the program. */
function watchConnections({ server }: FastifyInstance): void {
  const connections = new Connections(maxConnections);
  connections.follow(server);
  // a page that looks is at it until it goes
  server.on('upgrade', ({ socket }) => connections.begin(socket));
}
