import type { LinkOptions } from '@facepipe/wire';
import type { Session } from './session.js';

/** The limit of a link by `--max-message`, and a line for each message that was beyond it. */
export function largestMessage(
  options: { 'max-message': number },
  log: Session['log'],
): Required<Pick<LinkOptions, 'maximumPacketSize' | 'onOversize'>> {
  return { maximumPacketSize: options['max-message'], onOversize: ({ message }) => log.warn(message) };
}
