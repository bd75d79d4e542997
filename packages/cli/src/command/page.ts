import { type Feed, type PictureView, type StoredObject, serveView, type View } from '@facepipe/view';
import { usualPort } from '../parse/view-flags.js';
import { firstLine, readFlagFile } from './credentials.js';
import { isPortTaken } from './port-taken.js';
import type { Session } from './session.js';

/** Where the page is, and what people have to enter. */
export interface PageFlags {
  view?: { host: string; port: number } | undefined;
  'view-token-file'?: string | undefined;
}

/** Reads the object of a picture from the store. */
export type ReadObject = (picture: PictureView) => Promise<StoredObject | undefined>;

/** Bytes of an object that the page opens at most: that of a message. */
const mostBytes = 8 * 2 ** 20;

/**
 * Serves the page where the flags say, or on the usual port, or a free one where that is taken.
 * @throws FACEPIPE_E_FILE, and what `serveView` throws
 */
export async function servePage(
  feed: Feed,
  flags: PageFlags,
  { log }: Session,
  object?: ReadObject,
): Promise<View> {
  const file = flags['view-token-file'];
  const token = file === undefined ? undefined : firstLine(readFlagFile('view-token-file', file)).trim();
  const options = { feed, ...(token !== undefined && { token }), ...(object && { object }) };
  const serve = (host: string, port: number) => serveView({ ...options, host, port });
  const view = await (flags.view
    ? serve(flags.view.host, flags.view.port)
    : serve('127.0.0.1', usualPort).catch((error: unknown) => {
        if (!isPortTaken(error)) throw error;
        return serve('127.0.0.1', 0);
      }));
  log.info(`see it happen at ${view.url}`);
  return view;
}

interface Readable {
  get(key: string, most: number): Promise<Buffer | undefined>;
}

/** The object under a key, as an image; undefined where there is none. */
export async function readObject(store: Readable, key: string): Promise<StoredObject | undefined> {
  const body = await store.get(key, mostBytes);
  const extension = key.split('.').at(-1) ?? '';
  return body && { body, contentType: `image/${extension === 'jpg' ? 'jpeg' : extension}` };
}

/** The same log, whose warnings and errors are on the page, too. */
export function pagedLog(log: Session['log'], feed: Feed): Session['log'] {
  const paged =
    (level: 'warn' | 'error') =>
    (...args: unknown[]): void => {
      const [first, second] = args;
      const text = typeof first === 'string' ? first : String(second ?? '');
      const { code } = (typeof first === 'object' ? first : {}) as { code?: unknown };
      feed.problem({ level, text, ...(typeof code === 'string' && { code }) });
      (log[level] as (...args: unknown[]) => void)(...args);
    };
  return Object.assign(Object.create(log) as Session['log'], { warn: paged('warn'), error: paged('error') });
}
