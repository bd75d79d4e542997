import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { openStore, type Store, type StoreObject } from '@facepipe/cloud';
import { FacepipeError } from '@facepipe/service';

export const secret = 'a-secret/that+nobody=may-see';

export function object(
  key: string,
  bytes: string | Buffer,
  metadata: Record<string, string> = {},
): StoreObject {
  const body = Buffer.from(bytes);
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { key, body, contentType: 'image/png', metadata, sha256 };
}

/** That a promise rejects with this code and exit 5, in one line that names what it should and no secret. */
export async function refuses(promise: Promise<unknown>, code: string, ...names: string[]): Promise<void> {
  const error: unknown = await promise.then(
    (value) => assert.fail(`expected ${code}, not ${inspect(value)}`),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof FacepipeError, inspect(error));
  assert.equal(error.code, code, error.message);
  assert.equal(error.exit, 5);
  for (const name of names) assert.ok(error.message.includes(name), `${error.message} names ${name}`);
  assert.doesNotMatch(error.message, /\n/);
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(secret), 'the secret is not in it');
}

export async function withEnv<T>(env: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const names = Object.keys(env);
  const before = names.map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** An answer, or what writes one by itself. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | ((request: IncomingMessage, response: ServerResponse, body: Buffer) => void);

/** An error as S3 answers it. */
export function s3Error(status: number, code: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': 'tx1' },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`,
  };
}

/** S3's answer to a put: the MD5 of what came as ETag. */
export const taken: Answer = (_request, response, body) => {
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  response.writeHead(200, { etag, 'x-amz-request-id': 'tx1', 'content-length': 0 }).end();
};

/** A page as captive portals and web servers answer it to everything. */
export const page = (status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: '<!doctype html><title>Welcome</title>',
});

export interface Imitation {
  readonly store: Store;
  readonly endpoint: string;
  /** Methods of the requests so far, a conditional put as `PUT*`. */
  readonly asked: string[];
  /** Requests whose connection ended before their answer did. */
  cut(): number;
}

/**
 * Lets a store `s3://bucket` work on a small server that gives these answers, one after the other and the last for
 * ever: what no real S3 server answers, and what web servers, portals and proxies do.
 */
export async function imitated<T>(answers: Answer[], work: (imitation: Imitation) => Promise<T>): Promise<T> {
  const left = [...answers];
  const asked: string[] = [];
  let cut = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    response.on('close', () => {
      if (!response.writableFinished) cut += 1;
    });
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push(`${request.method}${request.headers['if-none-match'] === '*' ? '*' : ''}`);
      const answer = (left.length > 1 ? left.shift() : left[0]) ?? taken;
      if (typeof answer === 'function') return answer(request, response, Buffer.concat(parts));
      const { status, headers = {}, body = '' } = answer;
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await withEnv({ AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secret }, async () => {
      const store = openStore('s3://bucket', { endpoint });
      try {
        return await work({ store, endpoint, asked, cut: () => cut });
      } finally {
        await store.close();
      }
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
