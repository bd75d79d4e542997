import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { StoreOptions } from '@facepipe/cloud';

/** What a store holds under a key. A folder has neither content type nor metadata. */
export interface StoredObject {
  body: Buffer;
  contentType?: string;
  metadata: Record<string, string>;
}

/** An empty store, and all it takes to reach it. */
export interface OpenStore {
  readonly url: string;
  readonly options: StoreOptions;
  /** For programs: the credentials. This process has them too. */
  readonly env: Record<string, string>;
  /** The options as flags of `facepipe sink`. */
  readonly flags: string[];
  /** What was put, without what a check leaves there. */
  list(): Promise<Map<string, StoredObject>>;
  /** The keys alone, where there are too many to read what is under them. */
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

/** A kind of store that the same suite runs over. */
export interface StoreFixture {
  readonly name: 'folder' | 'S3';
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  /** Whether it keeps content types and metadata. */
  readonly metadata: boolean;
  open(): Promise<OpenStore>;
}

/** The S3 server of this process: an outage is `gateway('stop')` until `gateway('start')`. */
export interface S3Server {
  readonly endpoint: string;
  readonly env: Record<string, string>;
  gateway(command: 'start' | 'stop' | 'crash'): Promise<void>;
  /** The environment of one more user, who may do nothing but what a bucket's policy allows. */
  user(name: string): Promise<Record<string, string>>;
}

const script = fileURLToPath(new URL('../../lab/s3-server', import.meta.url));
const run = promisify(execFile);

/** Why tests with S3 are skipped; undefined when they are not. Nothing is started to find out. */
export const s3Missing: string | undefined = (() => {
  const { status, stderr, error } = spawnSync(script, ['missing'], { encoding: 'utf8' });
  if (error) return `test/lab/s3-server cannot run here: ${error.message}`;
  return status === 0 ? undefined : stderr.trim();
})();

function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The first of three ports in a row that were free a moment ago, below those the system gives out by itself. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all([first, first + 1, first + 2].map(portIsFree));
    if (free.every(Boolean)) return first;
  }
}

function exportsOf(output: string): Record<string, string> {
  const lines = [...output.matchAll(/^export (\w+)=(.*)$/gm)];
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
}

let server: Promise<S3Server> | undefined;

/** Starts the server once a process; it ends with the process. The credentials go into this process's environment. */
export function s3Server(): Promise<S3Server> {
  server ??= start();
  return server;
}

async function start(): Promise<S3Server> {
  const port = String(await freePorts());
  const lab = await mkdtemp(join(tmpdir(), 'facepipe-s3-'));
  const options = { env: { ...process.env, PORT: port, FACEPIPE_LAB: lab } };
  // not in an after() of node:test, which would belong to the test that happens to be the first
  process.on('exit', () => {
    spawnSync(script, ['stop'], options);
    rmSync(lab, { recursive: true, force: true });
  });
  const { stdout } = await run(script, ['start', '--while', String(process.pid)], options);
  const { AWS_ENDPOINT_URL_S3: endpoint = '', ...env } = exportsOf(stdout);
  Object.assign(process.env, env);
  return {
    endpoint,
    env,
    gateway: async (command) => {
      await run(script, [`gateway-${command}`], options);
    },
    user: async (name) => exportsOf((await run(script, ['user', name], options)).stdout),
  };
}

/**
 * A client of the server's, for what the pipeline itself never does; of its owner unless another user's `env` is given.
 */
export async function s3Client(user?: Record<string, string>): Promise<S3Client> {
  const server = await s3Server();
  const { endpoint, env } = { ...server, ...(user && { env: user }) };
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
}

async function keysOf(client: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let next: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next }),
    );
    for (const { Key } of page.Contents ?? []) {
      if (Key !== undefined && !Key.endsWith('/.facepipe-check')) keys.push(Key);
    }
    next = page.NextContinuationToken;
  } while (next !== undefined);
  return keys;
}

async function listBucket(
  client: S3Client,
  bucket: string,
  prefix: string,
): Promise<Map<string, StoredObject>> {
  const keys = await keysOf(client, bucket, prefix);
  // as many at once as the client has connections
  const objects = keys.map(async (Key): Promise<[string, StoredObject]> => {
    const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const body = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
    const contentType = found.ContentType === undefined ? {} : { contentType: found.ContentType };
    return [Key.slice(prefix.length), { body, ...contentType, metadata: found.Metadata ?? {} }];
  });
  return new Map(await Promise.all(objects));
}

async function openBucket(): Promise<OpenStore> {
  const { endpoint, env } = await s3Server();
  const client = await s3Client();
  const bucket = `faces-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    url: `s3://${bucket}/some/prefix`,
    options: { endpoint },
    env,
    flags: ['--endpoint', endpoint],
    list: () => listBucket(client, bucket, 'some/prefix/'),
    keys: () => keysOf(client, bucket, 'some/prefix/'),
    close: async () => client.destroy(),
  };
}

async function openFolder(): Promise<OpenStore> {
  const folder = await mkdtemp(join(tmpdir(), 'facepipe-store-'));
  const keys = async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const paths = files.map(({ name, parentPath }) => relative(folder, join(parentPath, name)));
    return paths.map((path) => path.split(sep).join('/')).filter((key) => !key.startsWith('.facepipe/'));
  };
  return {
    url: pathToFileURL(folder).href,
    options: {},
    env: {},
    flags: [],
    list: async () => {
      const objects = new Map<string, StoredObject>();
      for (const key of await keys()) {
        objects.set(key, { body: await readFile(join(folder, key)), metadata: {} });
      }
      return objects;
    },
    keys,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The stores that every suite of delivery runs over. */
export const stores: readonly StoreFixture[] = [
  { name: 'folder', missing: undefined, metadata: false, open: openFolder },
  { name: 'S3', missing: s3Missing, metadata: true, open: openBucket },
];
