/** One object on its way into a store. */
export interface StoreObject {
  /** Relative, `/` between its parts, no empty, `.` or `..` parts. */
  key: string;
  body: Buffer;
  contentType: string;
  /** ASCII names and values, at most 2 kB together (S3's limit). */
  metadata: Record<string, string>;
  /** Of `body`, in lower-case hex. */
  sha256: string;
}

/**
 * `duplicate`: the same bytes were there. `conflict`: other bytes were there, and still are. `refused`: the store takes
 * other objects, but never this one.
 */
export type PutOutcome = 'stored' | 'duplicate' | 'conflict' | 'refused';

export interface CheckOptions {
  /** ms that it may take in all, default 30,000. */
  deadline?: number;
  /** Puts an object of the store's own, even where that is nothing new. */
  write?: boolean;
}

/** Where objects go. A key is written once and never overwritten. */
export interface WritableStore {
  /** As given, without userinfo. */
  readonly url: string;
  /**
   * Finds out whether objects could be put now. The first time that includes a put of an object of its own.
   * @throws FacepipeError `FACEPIPE_E_STORE_…`, exit 5, one sentence for each cause.
   */
  check(options?: CheckOptions): Promise<void>;
  /**
   * Resolves when the object is durable, by the store's own promise and its proof. It has a deadline, `putDeadline`.
   * @throws FacepipeError `FACEPIPE_E_STORE_…`; the object may then be there or not, and may be put again.
   */
  put(object: StoreObject, signal?: AbortSignal): Promise<PutOutcome>;
  close(): Promise<void>;
}

/** The same, that can be read, too. */
export interface Store extends WritableStore {
  /**
   * Reads an object of at most so many bytes.
   * @returns undefined where there is none, or a larger one
   * @throws FacepipeError `FACEPIPE_E_STORE_…`
   */
  get(key: string, most: number, signal?: AbortSignal): Promise<Buffer | undefined>;
}

/** For `s3://` but for `mode`. Credentials come from the AWS SDK's default chain. */
export interface StoreOptions {
  /**
   * Of an S3-compatible store, `http(s)://host[:port]`. Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`,
   * `endpoint_url` of AWS's shared configuration, else AWS.
   */
  endpoint?: string;
  /** Default: the SDK's (`AWS_REGION`, profile); `us-east-1` for a custom endpoint when there is none. */
  region?: string;
  /** `endpoint/bucket/key` rather than `bucket.endpoint/key`. Default: true for a custom endpoint. */
  pathStyle?: boolean;
  /** A canned ACL, such as `bucket-owner-full-control`. Default: none is sent, objects are private. */
  acl?: string;
  /** Such as `STANDARD_IA`. Default: the bucket's. */
  storageClass?: string;
  /** Server-side encryption: `AES256`, `aws:kms` or `aws:kms:KEY-ID`. Default: the bucket's. */
  sse?: string;
  /** Puts that will be in flight at once; connections are kept for as many. Default 64. */
  concurrency?: number;
  /** Of a folder's files, such as 0o640; who may read them may enter the folders made for them. Default 0o600. */
  mode?: number;
}
