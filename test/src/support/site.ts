import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

/** One answer: what was asked for, without the site's own path, and the bytes of the body as sent. */
export interface Sent {
  path: string;
  status: number;
  bytes: number;
}

export interface Site {
  /** with a slash at the end */
  readonly url: string;
  readonly sent: Sent[];
  /** the bodies of what was posted, in order */
  readonly posted: string[];
  close(): Promise<void>;
}

export interface SiteOptions {
  /** the path all files are under, with slashes at both ends; default `/` */
  under?: string;
  /** in every answer */
  headers?: OutgoingHttpHeaders;
  /** content types that differ from the usual, by extension */
  types?: Record<string, string>;
  gzip?: boolean;
}

const usualTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
};

async function firstOf(folders: readonly string[], path: string): Promise<Buffer | undefined> {
  for (const folder of folders) {
    const bytes = await readFile(join(folder, normalize(path))).catch(() => undefined);
    if (bytes) return bytes;
  }
  return undefined;
}

/**
 * A web server on a free port of 127.0.0.1 that gives the files of these folders, the first that has one, and keeps a
 * list; of what is posted to it, too.
 */
export async function serveSite(folders: readonly string[], options: SiteOptions = {}): Promise<Site> {
  const { under = '/', headers = {}, types = {}, gzip = false } = options;
  const sent: Sent[] = [];
  const posted: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      posted.push(await text(request));
      response.writeHead(204, headers).end();
      return;
    }
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = pathname.startsWith(under) ? pathname.slice(under.length) || 'index.html' : pathname;
    const found = pathname.startsWith(under) ? await firstOf(folders, path) : undefined;
    const body = gzip && found ? gzipSync(found) : (found ?? Buffer.from('not here'));
    const status = found ? 200 : 404;
    sent.push({ path, status, bytes: body.length });
    response.writeHead(status, {
      'content-type': { ...usualTypes, ...types }[extname(path)] ?? 'application/octet-stream',
      ...(gzip && found && { 'content-encoding': 'gzip' }),
      ...headers,
    });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${under}`,
    sent,
    posted,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
