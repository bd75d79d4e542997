import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ObjectCannedACL,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
  ServerSideEncryption,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { FacepipeError } from '@facepipe/wire';
import { cloudError } from './errors.js';
import { isKey } from './key.js';
import { isAboutObject, nameOf, s3Fault, statusOf } from './s3-fault.js';
import { withoutUserinfo } from './secret.js';
import type { PutOutcome, Store, StoreObject, StoreOptions } from './store.js';

/** ms; a store that is silent for longer counts as unreachable, and the put is tried again. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 30_000 };
/** Looks and puts that cross with somebody else's put of the same key, before the caller has to wait. */
const crossings = 4;

function parseUrl(url: string): { bucket: string; prefix: string } {
  const refuse = (reason: string) =>
    cloudError('FACEPIPE_E_STORE_URL', { url: withoutUserinfo(url), reason });
  const [bucket = '', ...parts] = url.slice('s3://'.length).replace(/\/+$/, '').split('/');
  if (bucket.includes('@')) throw refuse('credentials come from the environment, never from the URL');
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket)) throw refuse('it does not name a bucket');
  const prefix = parts.join('/');
  if (prefix !== '' && !isKey(prefix)) throw refuse('its prefix has an empty, "." or ".." part');
  if (/\p{Cc}/u.test(prefix)) throw refuse('its prefix has a control character');
  if (Buffer.byteLength(prefix) > 300) throw refuse('its prefix is longer than 300 bytes');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

function parseEndpoint(endpoint: string): string {
  const shown = withoutUserinfo(endpoint);
  const refuse = (reason: string) => cloudError('FACEPIPE_E_STORE_ENDPOINT', { endpoint: shown, reason });
  if (!URL.canParse(endpoint)) throw refuse('it is not a URL');
  const { protocol, username, password } = new URL(endpoint);
  if (protocol !== 'http:' && protocol !== 'https:') throw refuse('its scheme is neither http nor https');
  if (username !== '' || password !== '') throw refuse('it has credentials in it');
  return endpoint;
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  const found = known.find((candidate) => candidate === value);
  if (value !== undefined && found === undefined) {
    throw cloudError('FACEPIPE_E_STORE_OPTION', { name, value, known: known.join(', ') });
  }
  return found;
}

/** The region that the SDK's own rules find; stores that are not AWS have none and take any. */
async function anyRegion(): Promise<string> {
  const probe = new S3Client({});
  try {
    return await probe.config.region();
  } catch {
    return 'us-east-1';
  } finally {
    probe.destroy();
  }
}

function clientConfig(endpoint: string | undefined, options: StoreOptions): S3ClientConfig {
  let region: Promise<string> | undefined;
  const sockets = { maxSockets: (options.concurrency ?? 64) + 4 };
  return {
    // one repetition for a kept-alive connection that was closed; longer outages are the caller's to wait out
    maxAttempts: 2,
    requestHandler: { ...timeouts, throwOnRequestTimeout: true, httpAgent: sockets, httpsAgent: sockets },
    ...(endpoint === undefined
      ? { ...(options.region !== undefined && { region: options.region }), followRegionRedirects: true }
      : {
          endpoint,
          // the SDK asks for every request
          region:
            options.region ??
            (() => {
              region ??= anyRegion();
              return region;
            }),
          // many stores refuse the SDK's CRC32 trailers or ignore them; Content-MD5 is sent instead
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
    forcePathStyle: options.pathStyle ?? endpoint !== undefined,
  };
}

/** A bucket of AWS S3 or of anything that speaks its protocol. */
export class S3Store implements Store {
  readonly url: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #endpoint: string;
  readonly #custom: boolean;
  readonly #put: Pick<PutObjectCommandInput, 'ACL' | 'StorageClass' | 'ServerSideEncryption'>;
  /** Whether the store knows `If-None-Match`; false once it has answered "not implemented". */
  #conditional = true;

  constructor(url: string, options: StoreOptions) {
    this.url = url;
    const { bucket, prefix } = parseUrl(url);
    const given =
      options.endpoint ?? (process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined);
    const endpoint = given === undefined ? undefined : parseEndpoint(given);
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#endpoint = endpoint ?? 'AWS';
    this.#custom = endpoint !== undefined;
    this.#put = {
      ACL: oneOf('The ACL', options.acl, Object.values(ObjectCannedACL)),
      ServerSideEncryption: oneOf('The encryption', options.sse, Object.values(ServerSideEncryption)),
      // not checked: stores other than AWS have their own classes
      StorageClass: options.storageClass as StorageClass | undefined,
    };
    this.#client = new S3Client(clientConfig(endpoint, options));
  }

  async check(): Promise<void> {
    const at = { Bucket: this.#bucket };
    try {
      try {
        await this.#client.send(new HeadBucketCommand(at));
      } catch (error) {
        if (statusOf(error) !== 403) throw error;
        // an answer to HEAD has no code, and a policy may allow a prefix only
        await this.#client.send(new ListObjectsV2Command({ ...at, Prefix: this.#prefix, MaxKeys: 1 }));
      }
    } catch (error) {
      if (nameOf(error) !== 'AccessDenied') throw this.#fault(error, 'look into');
      await this.#checkWriting();
    }
  }

  /** For credentials that may only write: a put whose digest is wrong on purpose is refused for that, or for them. */
  async #checkWriting(): Promise<void> {
    const ContentMD5 = Buffer.alloc(16).toString('base64');
    const Key = `${this.#prefix}.facepipe-check`;
    const probe = { Bucket: this.#bucket, Key, Body: Buffer.from('?'), ContentMD5, IfNoneMatch: '*' };
    try {
      await this.#client.send(new PutObjectCommand(probe));
    } catch (error) {
      if (!/^(BadDigest|InvalidDigest|PreconditionFailed)$/.test(nameOf(error)))
        throw this.#fault(error, 'write to');
    }
  }

  async put(object: StoreObject, signal?: AbortSignal): Promise<PutOutcome> {
    if (!isKey(object.key)) throw cloudError('FACEPIPE_E_STORE_KEY', { key: object.key, store: this.url });
    for (let left = crossings; ; left--) {
      if (!this.#conditional) {
        const found = await this.#compare(object, signal);
        if (found) return found;
      }
      try {
        await this.#client.send(new PutObjectCommand(this.#request(object)), { abortSignal: signal });
        return 'stored';
      } catch (error) {
        if (signal?.aborted) throw error;
        if (isAboutObject(error)) return 'refused';
        const status = statusOf(error);
        if (this.#conditional && (status === 501 || nameOf(error) === 'NotImplemented')) {
          this.#conditional = false;
          continue;
        }
        if (status === 412) {
          const found = await this.#compareWhereAllowed(object, signal);
          if (found) return found;
        } else if (status !== 409) {
          throw this.#fault(error, 'write to');
        }
        // 409: another put of this key is under way; 412 and then nothing there: it was deleted meanwhile
        if (left === 0) throw this.#fault(error, 'write to');
      }
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #request({ key, body, contentType, metadata, sha256 }: StoreObject): PutObjectCommandInput {
    return {
      Bucket: this.#bucket,
      Key: this.#prefix + key,
      Body: body,
      ContentType: contentType,
      ContentLength: body.length,
      Metadata: { ...metadata, sha256 },
      ...(this.#conditional && { IfNoneMatch: '*' }),
      ...(this.#custom && { ContentMD5: createHash('md5').update(body).digest('base64') }),
      ...this.#put,
    };
  }

  /** What is under the key: these bytes, other bytes, or (undefined) nothing. */
  async #compare({ key, body, sha256 }: StoreObject, signal?: AbortSignal): Promise<PutOutcome | undefined> {
    const at = { Bucket: this.#bucket, Key: this.#prefix + key };
    try {
      const head = await this.#client.send(new HeadObjectCommand(at), { abortSignal: signal });
      if (head.ContentLength !== body.length) return 'conflict';
      const noted = head.Metadata?.sha256;
      if (noted !== undefined) return noted === sha256 ? 'duplicate' : 'conflict';
      // not put by a sink: only its bytes can tell
      const found = await this.#client.send(new GetObjectCommand(at), { abortSignal: signal });
      const bytes = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
      return body.equals(bytes) ? 'duplicate' : 'conflict';
    } catch (error) {
      if (signal?.aborted) throw error;
      if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') return undefined;
      throw this.#fault(error, 'read');
    }
  }

  /** Credentials that may only write cannot compare; what is under an id is then taken for the face of that id. */
  async #compareWhereAllowed(object: StoreObject, signal?: AbortSignal): Promise<PutOutcome | undefined> {
    try {
      return await this.#compare(object, signal);
    } catch (error) {
      if (!(error instanceof FacepipeError && error.code === 'FACEPIPE_E_STORE_DENIED')) throw error;
      return 'duplicate';
    }
  }

  #fault(error: unknown, action: string): Error {
    return s3Fault(error, { bucket: this.#bucket, endpoint: this.#endpoint, action });
  }
}
