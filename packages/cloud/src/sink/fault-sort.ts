import { FacepipeError } from '@facepipe/service';
import { statusOf } from '../store/s3-fault.js';
import type { Failing } from './set-aside.js';

const refusing = new Set(['FACEPIPE_E_STORE_DENIED', 'FACEPIPE_E_STORE_UNPROVEN', 'FACEPIPE_E_STORE_KEY']);
/** Names that this program itself finds impossible. */
const impossible = new Set(['FACEPIPE_E_STORE_KEY', 'FACEPIPE_E_TOPIC', 'FACEPIPE_E_PROPERTY']);
/** Credentials, bucket and region are one for all, and so is a disk. */
const common = new Set([
  'FACEPIPE_E_STORE_REFUSED',
  'FACEPIPE_E_STORE_CREDENTIALS',
  'FACEPIPE_E_STORE_BUCKET',
  'FACEPIPE_E_STORE_REGION',
]);
const ofDisk = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);
const ofPath = new Set(['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG', 'ELOOP']);
const ofLetter = new Set([
  'FACEPIPE_E_PUBLISH_DENIED',
  'FACEPIPE_E_PUBLISH_REFUSED',
  'FACEPIPE_E_TOO_LARGE',
  'FACEPIPE_E_TOPIC',
  'FACEPIPE_E_PROPERTY',
]);

/** Whether it will fail every time, whatever happens to store and broker. */
export function isForEver(error: Error): boolean {
  return error instanceof FacepipeError && impossible.has(error.code);
}

/** How a put failed; undefined where that can only be everybody's fault. */
export function sortOfPut(error: Error): Failing | undefined {
  if (!(error instanceof FacepipeError)) return 'unanswered';
  if (refusing.has(error.code)) return 'refused';
  if (common.has(error.code)) return undefined;
  if (error.code === 'FACEPIPE_E_STORE_ANSWER') {
    return (statusOf(error.cause) ?? 500) < 500 ? 'refused' : 'unanswered';
  }
  if (error.code === 'FACEPIPE_E_STORE_FOLDER') {
    const { cause } = error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (ofDisk.has(code)) return undefined;
    return ofPath.has(code) ? 'refused' : 'unanswered';
  }
  return 'unanswered';
}

/** How a dead letter failed; undefined where the broker was away. */
export function sortOfLetter(error: Error, connected: boolean): Failing | undefined {
  if (!(error instanceof FacepipeError)) return 'unanswered';
  if (ofLetter.has(error.code)) return 'refused';
  if (error.code === 'FACEPIPE_E_PUBLISH_TIMEOUT') return connected ? 'refused' : 'unanswered';
  return undefined;
}

/** Whether a check has shown nothing: the store was too slow, or has a trouble of its own that passes. */
export function isInconclusive(error: unknown): boolean {
  if (!(error instanceof FacepipeError)) return false;
  if (error.code === 'FACEPIPE_E_STORE_SLOW') return true;
  const status = error.code === 'FACEPIPE_E_STORE_ANSWER' ? statusOf(error.cause) : undefined;
  return status !== undefined && (status >= 500 || status === 408 || status === 429);
}
