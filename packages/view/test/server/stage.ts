import { once } from 'node:events';
import { request } from 'node:http';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Feed } from '../../dist/feed/feed.js';
import { serveView, type View, type ViewOptions } from '../../dist/server/view.js';

export const token = 'correct horse battery';
export const face = '01JD0000000000000000000001';

export async function stage(
  t: TestContext,
  options: Partial<ViewOptions> = {},
): Promise<{ view: View; feed: Feed }> {
  const feed = new Feed({ version: '1', mode: 'demo', title: 'door', video: true, objects: true, steps: [] });
  const view = await serveView({ feed, port: 0, ...options });
  t.after(() => view.close());
  return { view, feed };
}

/** As a browser or somebody else asks, with any header and path as they are written. */
export async function ask(
  { port }: View,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  const method = body === undefined ? 'GET' : 'POST';
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const asked = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { ...type, ...headers },
    agent: false,
  });
  asked.end(body);
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const part of response) text += part;
  return { status: response.statusCode, headers: response.headers, text };
}

/** How an upgrade ends: 101, or the status of the refusal. */
export async function upgrade({ port }: View, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/stream`, { headers });
  const open = once(socket, 'open').then(() => 101);
  const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => Number(statusCode));
  socket.on('error', () => {});
  const status = await Promise.race([open, refused]);
  socket.terminate();
  return status;
}

export interface Page {
  socket: WebSocket;
  messages: Record<string, unknown>[];
}

export async function look({ port }: View, headers: Record<string, string> = {}): Promise<Page> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/stream`, { headers });
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data, isBinary) => {
    if (!isBinary) messages.push(JSON.parse(String(data)));
  });
  await once(socket, 'open');
  return { socket, messages };
}

export async function until(state: () => boolean): Promise<void> {
  while (!state()) await pause(5);
}
