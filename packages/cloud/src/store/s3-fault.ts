import { FacepipeError } from '@facepipe/service';
import { cloudError } from '../errors.js';
import { StrangeAnswer } from './s3-answer.js';
import { CredentialsFault } from './s3-credentials.js';

/** What was being done to which bucket where; nothing in it is secret. */
export interface S3Context {
  bucket: string;
  endpoint: string;
  /** Host and port of the proxy on the way. */
  proxy: string | undefined;
  /** A profile that is asked for and not there. */
  missing: string | undefined;
  /** In the words of "may not … the bucket": `read`, `write to`, `look into`. */
  action: string;
}

/** The codes by which S3 and its imitators refuse a key, a secret, a token or a clock. */
const refusals = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestTimeTooSkewed',
  'AuthorizationHeaderMalformed',
]);

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

/** The HTTP status of an answer; undefined when none came. */
export function statusOf(error: unknown): number | undefined {
  const status = field(field(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

/** The code of an S3 answer (`NoSuchBucket`), or the name of the SDK's own error. Answers to HEAD have none. */
export function nameOf(error: unknown): string {
  const code = field(error, 'Code');
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'unknown';
}

/** Whether an answer is about this one object, so that no repetition and no administrator will fix it. */
export function isAboutObject(error: unknown): boolean {
  return (
    statusOf(error) === 413 || /^(EntityTooLarge|MetadataTooLarge|KeyTooLong(Error)?)$/.test(nameOf(error))
  );
}

/** One sentence and exit code for whatever the SDK throws. Its own text is left out: it may quote the request. */
export function s3Fault(
  error: unknown,
  { bucket, endpoint, proxy, missing, action }: S3Context,
): FacepipeError {
  if (error instanceof FacepipeError) return error;
  if (error instanceof CredentialsFault) {
    return cloudError('FACEPIPE_E_STORE_CREDENTIALS', { bucket, endpoint, reason: error.message }, error);
  }
  if (error instanceof StrangeAnswer) {
    return cloudError('FACEPIPE_E_STORE_UNPROVEN', { bucket, endpoint, reason: error.reason }, error);
  }
  const status = statusOf(error);
  const name = nameOf(error);
  if (status === undefined) {
    if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
      return cloudError('FACEPIPE_E_STORE_CREDENTIALS', { bucket, endpoint, reason: name }, error);
    }
    if (error instanceof Error && /^Region (is missing|not accepted)/.test(error.message)) {
      if (missing === undefined) return cloudError('FACEPIPE_E_STORE_REGION', { bucket }, error);
      const reason = `the shared configuration has no profile ${missing}`;
      return cloudError('FACEPIPE_E_STORE_CREDENTIALS', { bucket, endpoint, reason }, error);
    }
    const code = field(error, 'code');
    const words = typeof code === 'string' ? code : name;
    const reason = proxy === undefined ? words : `${words}, through the proxy ${proxy}`;
    return cloudError('FACEPIPE_E_STORE_UNREACHABLE', { bucket, endpoint, reason }, error);
  }
  if (refusals.has(name))
    return cloudError('FACEPIPE_E_STORE_REFUSED', { bucket, endpoint, reason: name }, error);
  if (status === 401 || status === 403) {
    return cloudError('FACEPIPE_E_STORE_DENIED', { bucket, endpoint, action }, error);
  }
  if (name === 'NoSuchBucket') {
    return cloudError('FACEPIPE_E_STORE_BUCKET', { bucket, endpoint }, error);
  }
  const reason = /^(Unknown|Error)?$/.test(name) ? `HTTP ${status}` : `HTTP ${status} ${name}`;
  return cloudError('FACEPIPE_E_STORE_ANSWER', { bucket, endpoint, action, reason }, error);
}
