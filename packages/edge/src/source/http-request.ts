import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Address } from './address.js';
import { authorize, parseChallenges, strongest } from './digest.js';
import { sourceError } from './source-error.js';

/** Milliseconds until a camera's answer begins. */
const headerTimeout = 10_000;
/** Bytes of an answer's headers. */
const maxHeaderBytes = 16 * 1024;
/** Redirects that are followed, and logins that are asked for anew, for one answer. */
const maxSteps = 5;

const reasons: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up',
  ECONNRESET: 'it broke the connection off',
  EHOSTUNREACH: 'there is no route to the host',
  ETIMEDOUT: 'it does not answer',
  HPE_HEADER_OVERFLOW: `its headers are longer than ${maxHeaderBytes} bytes`,
};

/** One request, up to the headers of its answer. */
function ask(url: URL, headers: RequestOptions['headers'], signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const begin = url.protocol === 'https:' ? requestHttps : requestHttp;
    const options = { headers, signal, agent: false, maxHeaderSize: maxHeaderBytes } as const;
    const request = begin(url, options);
    const late = setTimeout(
      () => request.destroy(Object.assign(new Error('it does not answer'), { code: 'ETIMEDOUT' })),
      headerTimeout,
    );
    request.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    request.once('response', (response) => {
      clearTimeout(late);
      // what goes wrong from here on is told to whoever reads it
      request.on('error', () => {});
      resolve(response);
    });
    request.end();
  });
}

/**
 * What a camera answers to GET. Redirects are followed on the host and port that were asked for, by HTTP or to HTTPS,
 * and nowhere else: a camera must not send us to other machines or files. Logs in by Basic or Digest (MD5, SHA-256)
 * where it is asked to.
 * @throws FACEPIPE_E_SOURCE_HTTP, FACEPIPE_E_SOURCE_LOGIN; what `signal` was aborted with
 */
export async function openHttp(
  { url: start, name, login }: Address,
  signal: AbortSignal,
  range?: string,
): Promise<IncomingMessage> {
  const fault = (reason: string, cause?: unknown) =>
    sourceError('FACEPIPE_E_SOURCE_HTTP', { source: name, reason }, cause);
  if (!start) throw fault('it is not a URL');
  let url = start;
  let authorization: string | undefined;
  for (let step = 0; step <= maxSteps; step++) {
    const headers = {
      accept: '*/*',
      'accept-encoding': 'identity',
      ...(range && { range }),
      ...(authorization && { authorization }),
    };
    const response = await ask(url, headers, signal).catch((error: NodeJS.ErrnoException) => {
      if (signal.aborted) throw error;
      throw fault(reasons[error.code ?? ''] ?? error.message, error);
    });
    const { statusCode = 0 } = response;
    if (statusCode === 200 || statusCode === 206) return response;
    response.destroy();
    if (statusCode === 401) {
      const challenge = strongest(parseChallenges(response.headers['www-authenticate'] ?? ''));
      if (!login)
        throw sourceError('FACEPIPE_E_SOURCE_LOGIN', {
          source: name,
          problem: 'asks for a user name and a password',
        });
      if (!challenge) throw fault('it asks for a kind of login that is not known here');
      const stale = /^true$/i.test(challenge.fields.stale ?? '');
      if (authorization && !stale)
        throw sourceError('FACEPIPE_E_SOURCE_LOGIN', {
          source: name,
          problem: 'refuses the user name or the password (401 Unauthorized)',
        });
      authorization = authorize(challenge, login, { method: 'GET', uri: url.pathname + url.search });
    } else if (statusCode >= 300 && statusCode < 400 && response.headers.location !== undefined) {
      url = redirected(url, response.headers.location, start, fault);
      authorization = undefined;
    } else throw fault(`it answers with HTTP ${statusCode}`);
  }
  throw fault('it sends from one address to the next without end');
}

/** @throws where it leads away from the host that was asked for, or from HTTPS to HTTP */
function redirected(from: URL, location: string, start: URL, fault: (reason: string) => Error): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const leadsAway = 'it sends on to another host, which is not followed: give that address itself';
  if (!to || !/^https?:$/.test(to.protocol)) throw fault('it sends on to an address that is not an HTTP URL');
  if (to.hostname !== start.hostname) throw fault(leadsAway);
  const upgraded = start.protocol === 'http:' && to.protocol === 'https:' && to.port === '';
  if (to.host !== start.host && !upgraded) throw fault(leadsAway);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw fault('it sends on from HTTPS to HTTP');
  to.username = to.password = '';
  return to;
}
