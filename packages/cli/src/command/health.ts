import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { cliError } from '../error.js';
import type { CommandOptions } from '../parse/command.js';
import type { Session } from './session.js';

/** How long a program may take to answer, ms: below the 5 s that the images give their health check. */
const patience = 4000;

const words: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ABORT_ERR: 'it does not answer',
  ECONNRESET: 'it breaks connections off',
};

async function ask(port: number, path: string, signal: AbortSignal): Promise<[number | undefined, string]> {
  const [response]: IncomingMessage[] = await once(
    get({ host: '127.0.0.1', port, path, signal }),
    'response',
  );
  return [response?.statusCode, response ? (await text(response)).trim() : ''];
}

/**
 * Asks the program that serves health on a port of this machine how it is.
 * @throws FACEPIPE_E_UNHEALTHY, exit 1
 */
export async function health(
  { port, live }: CommandOptions<'health'>,
  { signal, out }: Session,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const [status, answer] = await ask(port, live ? '/healthz' : '/readyz', limit).catch((error) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw cliError('FACEPIPE_E_UNHEALTHY', { port, reason: words[code] ?? code }, error);
  });
  if (status !== 200) throw cliError('FACEPIPE_E_UNHEALTHY', { port, reason: answer });
  out(answer);
}
