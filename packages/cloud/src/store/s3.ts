import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ObjectCannedACL,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  ServerSideEncryption,
  StorageClass,
} from '@aws-sdk/client-s3';
import { FacepipeError } from '@facepipe/service';
import { cloudError } from '../errors.js';
import { putDeadline, within } from './deadline.js';
import { isKey } from './key.js';
import { examineAnswers, StrangeAnswer } from './s3-answer.js';
import { bodyUpTo } from './s3-body.js';
import { clientConfig, oneOf, parseUrl, plainText } from './s3-config.js';
import { configuredEndpoint, endpointOfEnvironment, parseEndpoint, sharedConfig } from './s3-endpoint.js';
import { isAboutObject, nameOf, s3Fault, statusOf } from './s3-fault.js';
import { doubtOf, type Look, lookOf, md5Of } from './s3-proof.js';
import { proxyFor } from './s3-proxy.js';
import type { CheckOptions, PutOutcome, Store, StoreObject, StoreOptions } from './store.js';

/** Looks and puts that cross with somebody else's put of the same key, before the caller has to wait. */
const crossings = 4;

/** What a check puts. Always the same bytes, so that it is there once. */
const probe = objectOf('.facepipe-check', 'facepipe has put this here to see whether it can.\n');

function objectOf(key: string, text: string): StoreObject {
  const body = Buffer.from(text);
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { key, body, contentType: 'text/plain', metadata: {}, sha256 };
}

interface Place {
  Bucket: string;
  Key: string;
}

/** What is under a key, `nothing` where nothing is. */
type Seen = Exclude<Look, 'read'> | 'nothing';

/** `there`: something is under the key. `busy`: another put of this key is in progress. */
type Written = 'stored' | 'there' | 'busy' | 'refused' | 'unconditional';

/** A bucket of AWS S3 or of anything that speaks its protocol. */
export class S3Store implements Store {
  readonly url: string;
  readonly #options: StoreOptions;
  /** By option or environment. */
  readonly #given: string | undefined;
  #reached: Promise<S3Client> | undefined;
  readonly #bucket: string;
  readonly #prefix: string;
  #endpoint = 'AWS';
  #custom = false;
  /** Host and port of the proxy on the way, if there is one. */
  #proxy: string | undefined;
  /** A profile that is asked for and not there. */
  #profile: string | undefined;
  readonly #put: Pick<PutObjectCommandInput, 'ACL' | 'StorageClass' | 'ServerSideEncryption'>;
  /** Whether the store knows `If-None-Match`; false once it has answered "not implemented". */
  #conditional = true;
  /** Whether what answers has shown itself to be a store. */
  #proven = false;

  constructor(url: string, options: StoreOptions) {
    this.url = url;
    const { bucket, prefix } = parseUrl(url);
    const { endpoint, region } = options;
    this.#given = endpoint === undefined ? endpointOfEnvironment(process.env) : parseEndpoint(endpoint);
    plainText('The region', region, 'names such as eu-central-1');
    this.#options = options;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#put = {
      ACL: oneOf('The ACL', options.acl, Object.values(ObjectCannedACL)),
      ServerSideEncryption: oneOf('The encryption', options.sse, Object.values(ServerSideEncryption)),
      // stores with classes of their own have AWS's names for them, too
      StorageClass: oneOf('The storage class', options.storageClass, Object.values(StorageClass)),
    };
  }

  /** Where the store is, by AWS's shared configuration too, and who speaks with it; found out once. */
  async #reach(): Promise<S3Client> {
    const { env } = process;
    const shared = await sharedConfig(env);
    const { endpoint: explicit } = this.#options;
    const endpoint = explicit === undefined ? configuredEndpoint(env, shared) : this.#given;
    this.#endpoint = endpoint ?? 'AWS';
    this.#custom = endpoint !== undefined;
    this.#profile = shared.found ? undefined : env.AWS_PROFILE || undefined;
    this.#proxy = proxyFor(endpoint ?? 'https://s3.amazonaws.com', env)?.host;
    const client = new S3Client(clientConfig(endpoint, this.#options, shared.found));
    examineAnswers(client);
    return client;
  }

  get #client(): Promise<S3Client> {
    this.#reached ??= this.#reach();
    return this.#reached;
  }

  check({ deadline = 30_000, write = false }: CheckOptions = {}): Promise<void> {
    return this.#within(deadline, undefined, async (signal) => {
      if (write) await this.#prove(false, signal);
      // a look costs less than a put, and tells the store from a stranger
      else if (!this.#proven || !(await this.#isThere(signal))) await this.#prove(true, signal);
    });
  }

  async put(object: StoreObject, signal?: AbortSignal): Promise<PutOutcome> {
    if (!isKey(object.key)) throw cloudError('FACEPIPE_E_STORE_KEY', { key: object.key, store: this.url });
    return this.#within(putDeadline(object.body.length), signal, (until) => this.#deliver(object, until));
  }

  async get(key: string, most: number, signal?: AbortSignal): Promise<Buffer | undefined> {
    if (!isKey(key)) throw cloudError('FACEPIPE_E_STORE_KEY', { key, store: this.url });
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key });
    return this.#within(putDeadline(most), signal, async (abortSignal) => {
      try {
        return await bodyUpTo((await (await this.#client).send(command, { abortSignal })).Body, most);
      } catch (error) {
        if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') return undefined;
        throw this.#fault(error, 'read');
      }
    });
  }

  async close(): Promise<void> {
    const client = await this.#reached?.catch(() => undefined);
    client?.destroy();
  }

  #within<T>(ms: number, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>) {
    const late = () =>
      cloudError('FACEPIPE_E_STORE_SLOW', { store: this.url, seconds: Math.round(ms / 1000) });
    return within(ms, signal, late, work);
  }

  /** Puts the probe, which shows rights, bucket and store, and reads it where that is allowed. */
  async #prove(conditional: boolean, signal: AbortSignal): Promise<void> {
    const written = await this.#write(probe, conditional, signal);
    if (written === 'unconditional') return this.#prove(false, signal);
    if (written === 'refused') throw this.#unproven('it does not take an object of 50 bytes');
    const look = await this.#lookIfAllowed(probe, signal);
    // under the name of the probe there may be somebody else's object
    if (look === 'strange' || (look === 'other' && written === 'stored'))
      throw this.#unproven('what was put there is not what is there');
    this.#proven = true;
  }

  /** Whether a look shows that the store is still there. */
  async #isThere(signal: AbortSignal): Promise<boolean> {
    const look = await this.#lookIfAllowed(probe, signal);
    if (look === 'strange') throw this.#unproven('what was put there is not what is there');
    return look !== 'silent' && look !== 'nothing';
  }

  async #deliver(object: StoreObject, signal: AbortSignal): Promise<PutOutcome> {
    for (let left = crossings; ; left--) {
      if (!this.#conditional) {
        const found = this.#outcome(await this.#look(object, signal));
        if (found) return found;
      }
      const written = await this.#write(object, this.#conditional, signal);
      if (written === 'stored' || written === 'refused') return written;
      if (written === 'unconditional') continue;
      if (written === 'there') {
        const look = await this.#lookIfAllowed(object, signal);
        // who may only write cannot compare; what is under an id is then taken for the face of that id
        const found = look === 'forbidden' ? 'duplicate' : this.#outcome(look);
        if (found) return found;
      }
      // another put of this key is in progress, or what was there was deleted meanwhile
      if (left === 0) {
        const values = { bucket: this.#bucket, endpoint: this.#endpoint, action: 'write to' };
        throw cloudError('FACEPIPE_E_STORE_ANSWER', { ...values, reason: 'its key changes all the time' });
      }
    }
  }

  /** What a look makes of a put; undefined where there is nothing, so that it can go on. */
  #outcome(look: Seen): PutOutcome | undefined {
    if (look === 'same') return 'duplicate';
    if (look === 'other') return 'conflict';
    if (look === 'nothing') return undefined;
    throw this.#unproven('its answers do not say what is under a key');
  }

  /** One put, and its proof. */
  async #write(object: StoreObject, conditional: boolean, signal: AbortSignal): Promise<Written> {
    let doubt: string | undefined;
    const md5 = md5Of(object.body);
    try {
      const command = new PutObjectCommand(this.#request(object, conditional, md5));
      const answer = await (await this.#client).send(command, { abortSignal: signal });
      doubt = doubtOf(answer, md5);
    } catch (error) {
      if (isAboutObject(error)) return 'refused';
      const name = nameOf(error);
      if (name === 'PreconditionFailed') return 'there';
      if (statusOf(error) === 409) return 'busy';
      if (conditional && name === 'NotImplemented') {
        this.#conditional = false;
        return 'unconditional';
      }
      if (!(error instanceof StrangeAnswer && error.status < 300)) throw this.#fault(error, 'write to');
      doubt = error.reason;
    }
    // where rights allow, a look is the better proof
    if (doubt !== undefined && (await this.#lookIfAllowed(object, signal)) !== 'same')
      throw this.#unproven(doubt);
    this.#proven = true;
    return 'stored';
  }

  #request(object: StoreObject, conditional: boolean, md5: () => Buffer) {
    const { key, body, contentType, metadata, sha256 } = object;
    return {
      Bucket: this.#bucket,
      Key: this.#prefix + key,
      Body: body,
      ContentType: contentType,
      ContentLength: body.length,
      Metadata: { ...metadata, sha256 },
      ...(conditional && { IfNoneMatch: '*' }),
      ...(this.#custom && { ContentMD5: md5().toString('base64') }),
      ...this.#put,
    };
  }

  /** What is under an object's key. */
  async #look(object: StoreObject, signal: AbortSignal): Promise<Seen> {
    const at = { Bucket: this.#bucket, Key: this.#prefix + object.key };
    try {
      const look = lookOf(await this.#head(at, signal), object);
      return look === 'read' ? await this.#read(at, object, signal) : look;
    } catch (error) {
      if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') return 'nothing';
      throw this.#fault(error, 'read');
    }
  }

  async #lookIfAllowed(object: StoreObject, signal: AbortSignal): Promise<Seen | 'forbidden'> {
    try {
      return await this.#look(object, signal);
    } catch (error) {
      if (!(error instanceof FacepipeError && error.code === 'FACEPIPE_E_STORE_DENIED')) throw error;
      return 'forbidden';
    }
  }

  /** Errors in answer to HEAD have no code: where nothing shows that one is S3's, the answer to GET does. */
  async #head(at: Place, signal: AbortSignal): Promise<HeadObjectCommandOutput> {
    try {
      return await (await this.#client).send(new HeadObjectCommand(at), { abortSignal: signal });
    } catch (error) {
      if (!(error instanceof StrangeAnswer)) throw error;
      const { Body } = await (await this.#client).send(new GetObjectCommand(at), { abortSignal: signal });
      if (Body instanceof Readable) Body.destroy();
      throw error;
    }
  }

  /** Compares by the bytes what was not put by a sink; no more of them are read than it takes. */
  async #read(at: Place, { body }: StoreObject, signal: AbortSignal): Promise<Seen> {
    const { Body, $metadata } = await (await this.#client).send(new GetObjectCommand(at), {
      abortSignal: signal,
    });
    if (!(Body instanceof Readable)) return 'strange';
    let size = 0;
    let same = true;
    for await (const part of Body) {
      same &&= body.subarray(size, size + part.length).equals(part);
      size += part.length;
      if (size > body.length) return 'strange';
    }
    if (size < body.length) return 'strange';
    if (same) return 'same';
    return $metadata.requestId === undefined ? 'strange' : 'other';
  }

  #unproven(reason: string): Error {
    return cloudError('FACEPIPE_E_STORE_UNPROVEN', {
      bucket: this.#bucket,
      endpoint: this.#endpoint,
      reason,
    });
  }

  #fault(error: unknown, action: string): Error {
    const [bucket, endpoint] = [this.#bucket, this.#endpoint];
    return s3Fault(error, { bucket, endpoint, proxy: this.#proxy, missing: this.#profile, action });
  }
}
