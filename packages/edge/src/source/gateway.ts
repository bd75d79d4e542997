import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from './address.js';
import { openHttp } from './http-request.js';

/** Headers that tell a player what it gets and whether it may seek. */
const told = ['content-type', 'content-length', 'content-range', 'accept-ranges'];

export interface Gateway {
  /** For the environment variable `http_proxy` of a player. */
  readonly proxy: string;
  /** The address as the player asks for it: without credentials, and always by HTTP. */
  readonly url: string;
  close(): void;
}

/**
 * An HTTP proxy on this machine for a player of playlists and files, ffmpeg: it asks the camera on the player's behalf,
 * with the login, which is then in no process list, and nobody else. So a playlist leads nowhere but to the camera.
 */
export async function openGateway(address: Address, signal: AbortSignal): Promise<Gateway> {
  const { url: origin } = address;
  const server = createServer(async (request, response) => {
    response.on('error', () => {});
    const asked = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined;
    if (!origin || !asked || asked.hostname !== origin.hostname || portOf(asked) !== portOf(origin)) {
      response.writeHead(403).end();
      return;
    }
    asked.protocol = origin.protocol;
    asked.port = origin.port;
    const left = new AbortController();
    response.once('close', () => left.abort());
    try {
      const answer = await openHttp(
        { ...address, url: asked },
        AbortSignal.any([signal, left.signal]),
        request.headers.range,
      );
      const headers = Object.fromEntries(
        told.flatMap((name) => (answer.headers[name] ? [[name, answer.headers[name]]] : [])),
      );
      response.writeHead(answer.statusCode ?? 200, headers);
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    } catch {
      // the player says in its own words that it got nothing
      response.writeHead(502).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  signal.addEventListener('abort', close, { once: true });
  const { port } = server.address() as AddressInfo;
  return {
    proxy: `http://127.0.0.1:${port}/`,
    url: `http://${origin?.hostname}:${origin && portOf(origin)}${origin?.pathname}${origin?.search}`,
    close,
  };
}

/** The port of the camera, whether the player asks by HTTP or we ask by HTTPS. */
function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
