import { cliError } from '../cli-error.js';
import type { CommandOptions } from '../parse/command.js';
import { askHealth } from './ask-health.js';
import type { Session } from './session.js';

/**
 * Asks the program that serves health on a port of this machine how it is.
 * @throws FACEPIPE_E_UNHEALTHY, exit 1
 */
export async function health(
  { host, port, live }: CommandOptions<'health'>,
  { out }: Session,
): Promise<void> {
  const { well, said } = await askHealth(host, port, live ? '/healthz' : '/readyz');
  if (!well) throw cliError('FACEPIPE_E_UNHEALTHY', { port, reason: said });
  out(said);
}
