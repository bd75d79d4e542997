import { createHash } from 'node:crypto';
import type { HeadObjectCommandOutput, PutObjectCommandOutput } from '@aws-sdk/client-s3';
import type { StoreObject } from './store.js';

/** The MD5 of some bytes, computed once, and only if it is asked for. */
export function md5Of(bytes: Buffer): () => Buffer {
  let digest: Buffer | undefined;
  return () => {
    digest ??= createHash('md5').update(bytes).digest();
    return digest;
  };
}

/**
 * Why the answer to a put does not prove that the object is there; undefined where it does. The proof is a strong ETag
 * and, where it is an MD5, that of the bytes.
 * @param md5 of the bytes, which is not computed where nothing asks for it
 */
export function doubtOf(
  answer: Pick<PutObjectCommandOutput, 'ETag' | 'ServerSideEncryption' | 'SSECustomerAlgorithm'>,
  md5: () => Buffer,
): string | undefined {
  const { ETag = '', ServerSideEncryption = '', SSECustomerAlgorithm } = answer;
  const tag = ETag.replace(/^"(.*)"$/, '$1');
  if (tag === '') return 'its answer to a put has no ETag';
  if (/^W\//i.test(ETag)) return 'its answer to a put has a weak ETag';
  // with these the ETag is not of the bytes
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
  const encrypted = ServerSideEncryption.startsWith('aws:') || SSECustomerAlgorithm !== undefined;
  if (encrypted || !/^[0-9a-f]{32}$/i.test(tag)) return undefined;
  return tag.toLowerCase() === md5().toString('hex')
    ? undefined
    : 'its answer to a put has the ETag of other bytes';
}

/**
 * What a look tells. `same`: these bytes are there. `other`: other bytes are. `read`: only reading them can tell.
 * `silent`: not a thing. `strange`: whoever answered is not the store, or it contradicts itself.
 */
export type Look = 'same' | 'other' | 'read' | 'silent' | 'strange';

/** What the answer to HEAD says of what is under an object's key. */
export function lookOf(
  head: Pick<HeadObjectCommandOutput, 'ETag' | 'ContentLength' | 'Metadata' | '$metadata'>,
  { body, sha256 }: Pick<StoreObject, 'body' | 'sha256'>,
): Look {
  const { ETag, ContentLength, Metadata, $metadata } = head;
  if (!ETag || ContentLength === undefined) return 'silent';
  const noted = Metadata?.sha256;
  const fits = ContentLength === body.length;
  if (noted === sha256) return fits ? 'same' : 'strange';
  // a web server has a length and an ETag for its page, too
  const own = $metadata.requestId !== undefined;
  if (/^[0-9a-f]{64}$/.test(noted ?? '')) return 'other';
  if (fits) return 'read';
  return own ? 'other' : 'strange';
}
