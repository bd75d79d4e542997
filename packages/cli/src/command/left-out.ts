import type { CaptureTotals } from '@facepipe/edge/capture';
import { isCamera, type Source } from '@facepipe/edge/source';
import { cliError } from '../cli-error.js';

/** Whether every picture of it was to be read: those of files, where a camera or a pipe may well lose some. */
const isComplete = (spec: string): boolean => !isCamera(spec) && spec !== '-';

/** The member of the totals that says how many pictures of files could not be read, if any. */
export function unreadOf(spec: string, { corrupt }: CaptureTotals): { corrupt?: number } {
  return corrupt > 0 && isComplete(spec) ? { corrupt } : {};
}

/**
 * A run that did all it could ends with what it had to leave out.
 * @throws FACEPIPE_E_UNDELIVERED, FACEPIPE_E_PICTURES
 */
export function checkLeftOut(spec: string, source: Source, totals: CaptureTotals, lost: number): void {
  if (lost > 0) throw cliError('FACEPIPE_E_UNDELIVERED', { count: lost, captured: totals.captured });
  const { corrupt } = unreadOf(spec, totals);
  if (corrupt) throw cliError('FACEPIPE_E_PICTURES', { source: source.name, count: corrupt });
}
