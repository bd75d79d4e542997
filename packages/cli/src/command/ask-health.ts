import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** How long a program may take to answer, ms: below what the images give their health check. */
const answerTimeout = 4000;

const words: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ABORT_ERR: 'it does not answer',
  ECONNRESET: 'it breaks connections off',
};

/** What a program that listens on every address can be reached at. */
const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Asks the program that serves health on a port of this machine; loads nothing but Node.js's own, to be quick.
 * @param host where it was told to listen
 */
export async function askHealth(
  host: string,
  port: number,
  path: '/healthz' | '/readyz',
): Promise<{ well: boolean; said: string }> {
  try {
    const signal = AbortSignal.timeout(answerTimeout);
    const [response]: IncomingMessage[] = await once(
      get({ host: everywhere[host] ?? host, port, path, signal }),
      'response',
    );
    return { well: response?.statusCode === 200, said: response ? (await text(response)).trim() : '' };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { well: false, said: words[code] ?? code };
  }
}
