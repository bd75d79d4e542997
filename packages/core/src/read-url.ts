import { argumentError } from './argument.js';
import { coreError } from './error.js';
import { nodeModule } from './node-module.js';

/** Long enough for a slow line, short enough that a silent server is noticed. */
const fetchTimeout = 30_000;

/** An address fit for messages: without user, password and query, which may be secrets. */
export function shownUrl(url: URL): string {
  if (url.protocol === 'data:') return 'data:…';
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  // the rest of a file system's message repeats the path
  return cause.message.split(', ')[0] || cause.name;
}

/**
 * Runs one step of reading; its failure becomes the error that names the source.
 * @throws FACEPIPE_E_CASCADE_UNREADABLE
 */
export async function reading<T>(source: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const values = { source, reason: reasonOf(error) };
    throw coreError('FACEPIPE_E_CASCADE_UNREADABLE', values, error);
  }
}

/**
 * What is at an address: its bytes from disk for `file:`, otherwise a server's answer whose body is still to come.
 * @throws FACEPIPE_E_CASCADE_UNREADABLE, FACEPIPE_E_ARGUMENT for a URL with a password, which fetch refuses as well
 */
export async function openUrl(url: URL): Promise<Uint8Array<ArrayBuffer> | Response> {
  if (url.username || url.password) {
    throw argumentError('URL without user and password', 'cascade', shownUrl(url));
  }
  return reading(shownUrl(url), async () => {
    const fs = url.protocol === 'file:' ? nodeModule('node:fs/promises') : undefined;
    if (fs) return new Uint8Array(await fs.readFile(url));
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeout) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  });
}

/** The bytes at an address. @throws as `openUrl` */
export async function readUrl(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const opened = await openUrl(url);
  if (opened instanceof Uint8Array) return opened;
  return reading(shownUrl(url), async () => new Uint8Array(await opened.arrayBuffer()));
}
