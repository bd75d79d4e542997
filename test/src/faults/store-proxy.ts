import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * pass: nothing is wrong. error: 500. slow-down: 503 SlowDown. denied: 403 AccessDenied. reset: the connection breaks
 * in the middle of the body. forget: the store does it, and the connection breaks instead of an answer. hang: no answer
 * at all.
 */
export type StoreFault = 'pass' | 'error' | 'slow-down' | 'denied' | 'reset' | 'forget' | 'hang';

const answers: Partial<Record<StoreFault, [status: number, code: string]>> = {
  error: [500, 'InternalError'],
  'slow-down': [503, 'SlowDown'],
  denied: [403, 'AccessDenied'],
};

/** A proxy in front of an S3 server that answers in its stead, badly. Signatures stay valid: the host header passes. */
export interface StoreProxy {
  readonly endpoint: string;
  /** How many requests met a fault. */
  readonly faults: number;
  set(fault: StoreFault): void;
  close(): Promise<void>;
}

export async function startStoreProxy(endpoint: string): Promise<StoreProxy> {
  const { hostname: host, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const hanging = new Set<IncomingMessage>();
  let fault: StoreFault = 'pass';
  let faults = 0;

  const forward = (incoming: IncomingMessage, answer: ServerResponse, forget: boolean): void => {
    const { method, url, headers } = incoming;
    const outgoing = request({ host, port, method, path: url, headers, agent }, (response) => {
      if (forget) {
        response.resume().on('end', () => incoming.socket.resetAndDestroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => incoming.socket.resetAndDestroy());
    incoming.pipe(outgoing);
  };

  const server = createServer((incoming, answer) => {
    incoming.on('error', () => {});
    const now = fault;
    if (now !== 'pass') faults++;
    const said = answers[now];
    if (said) {
      const [status, code] = said;
      incoming.resume().on('end', () => {
        answer.writeHead(status, { 'content-type': 'application/xml' });
        answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>a fault</Message></Error>`);
      });
    } else if (now === 'reset') {
      incoming.once('data', () => incoming.socket.resetAndDestroy());
      incoming.once('end', () => incoming.socket.resetAndDestroy());
    } else if (now === 'hang') {
      hanging.add(incoming.resume());
      incoming.once('close', () => hanging.delete(incoming));
    } else forward(incoming, answer, now === 'forget');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get faults() {
      return faults;
    },
    set: (next) => {
      fault = next;
    },
    close: async () => {
      for (const incoming of hanging) incoming.socket.destroy();
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
