import { FacepipeError } from '@facepipe/service';
import { spoolError } from './spool-error.js';

/** The innermost reason: LevelDB's own error is the cause of another. */
export function reasonOf(error: unknown): { code: string; reason: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return { code: '', reason: String(cause) };
  return { code: 'code' in cause ? String(cause.code) : '', reason: cause.message };
}

/** LevelDB gives the system's words only, in a message. */
export const isFull = (error: unknown): boolean => {
  const { code, reason } = reasonOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || /no space left|quota exceeded/i.test(reason);
};

/**
 * By LevelDB's own words, as not all of these errors have a code: its files make no sense, or one is gone or cut short.
 * The folder is there, so what is not there is a file of the index.
 */
const damage = /^(corruption|invalid argument|IO error: .*(no such file|invalid argument))/is;

/** LevelDB cannot use its files, and never will. */
export const isDamage = (error: unknown): boolean => {
  const { code, reason } = reasonOf(error);
  return code === 'LEVEL_CORRUPTION' || damage.test(reason);
};

/** What the disk did, as FACEPIPE_E_SPOOL_DISK_FULL or FACEPIPE_E_SPOOL_FAILED. */
export function diskFailure(folder: string, cause: unknown): FacepipeError {
  if (cause instanceof FacepipeError) return cause;
  if (isFull(cause)) return spoolError('FACEPIPE_E_SPOOL_DISK_FULL', { folder }, cause);
  return spoolError('FACEPIPE_E_SPOOL_FAILED', { folder, reason: reasonOf(cause).reason }, cause);
}
