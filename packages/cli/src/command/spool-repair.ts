import type { Spool } from '@facepipe/edge/spool';
import type { Session } from './session.js';

/** Ranges in one line of the log. */
const maxNamed = 10;

/** Says what was done to a spool that was not as it was left, and what is gone from it. */
export function tellRepair(
  log: Pick<Session['log'], 'warn' | 'error'>,
  folder: string,
  spool: Pick<Spool, 'repair' | 'stream' | 'stats'>,
): void {
  const { repair, stream } = spool;
  const { reason, recovered = 0, newStream, unknown = [] } = repair ?? {};
  if (repair) log.warn(`the spool ${folder} was repaired: ${reason}`);
  if (recovered > 0)
    log.warn(`${count(recovered)} recovered from the spool’s files: brokers may get what they have`);
  if (newStream)
    log.warn(`the spool’s sequence numbers go on in a new stream, ${stream}: the last one is not known`);
  const { missing } = spool.stats();
  if (missing === 0) return;
  const named = unknown.slice(0, maxNamed).map(({ from, to }) => (from === to ? from : `${from}-${to}`));
  if (unknown.length > maxNamed) named.push('…');
  const which = named.length > 0 ? ` (${named.join(', ')})` : '';
  const most = `up to ${count(missing)}${which}`;
  log.error(`the disk lost ${most} of an earlier run in ${folder}`);
}

const count = (faces: number): string => (faces === 1 ? '1 face' : `${faces} faces`);
