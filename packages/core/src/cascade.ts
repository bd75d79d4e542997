import { argumentError, isObject } from './argument.js';
import { bundledName, type CascadeName, readBundled } from './cascade-bundle.js';
import { isCompact } from './cascade-compact.js';
import { coreError } from './error.js';
import type { Url } from './platform.js';
import { reading, readUrl, shownUrl } from './read-url.js';

/** A cascade in the form that engines take. Several detectors can share one. Make it with `loadCascade`. */
export interface Cascade {
  /** the bundled name, the file's name without .xml, or `custom` for bytes; free to choose: `{ ...cascade, name }` */
  readonly name: string;
  /** its compact form, which `loadCascade` accepts as well as XML and reads a hundred times faster */
  readonly bytes: Uint8Array;
}

/** A `Blob`, or a `File`, whose name becomes the cascade's. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  /** of a File */
  readonly name?: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A server's answer: a `Response` whose body has not been read. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * A bundled name (see `cascadeNames`; OpenCV's own file names do, too), or an OpenCV XML file: its address, its bytes,
 * its text, a Blob or File of it, or the Response that brings it, each of them gzipped or not; or what `loadCascade`
 * gave.
 */
export type CascadeSource = CascadeName | Url | Uint8Array | ArrayBuffer | BlobLike | ResponseLike | Cascade;

function isBytes(source: unknown): source is Uint8Array | ArrayBuffer {
  const tag = Object.prototype.toString.call(source);
  return tag === '[object Uint8Array]' || tag === '[object ArrayBuffer]';
}

function isCascade(source: CascadeSource): source is Cascade {
  if (!isObject(source) || !('name' in source && 'bytes' in source)) return false;
  return typeof source.name === 'string' && source.bytes instanceof Uint8Array;
}

/** Ten times the largest file OpenCV ships: a cascade takes several times its size once it is read. */
const maxBytes = 2 ** 25;

function expectFits(source: string, { length }: { length: number }): void {
  const problem = `it has more than ${maxBytes} bytes`;
  if (length > maxBytes) throw coreError('FACEPIPE_E_CASCADE_INVALID', { source, problem });
}

/** @throws FACEPIPE_E_CASCADE_UNREADABLE where code cannot be loaded on demand, as in service workers */
async function importing<T>(file: string, source: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const reason = `the code that reads XML, ${file}, cannot be loaded here: give what loadCascade made of it elsewhere`;
    throw coreError('FACEPIPE_E_CASCADE_UNREADABLE', { source, reason }, error);
  }
}

/** A file of a cascade as it came, with what messages call it. It can be sent to another thread. */
export interface CascadeFile {
  name: string;
  source: string;
  file: Uint8Array<ArrayBuffer>;
}

/** A copy, before anything is awaited: the caller may use the memory again. @throws FACEPIPE_E_CASCADE_INVALID */
function fileOf(name: string, source: string, bytes: Uint8Array): Cascade | CascadeFile {
  expectFits(source, bytes);
  const file = bytes.slice();
  return isCompact(file) ? { name, bytes: file } : { name, source, file };
}

/**
 * XML is read by code of its own, which nobody loads for a bundled cascade.
 * @throws FACEPIPE_E_CASCADE_INVALID, FACEPIPE_E_CASCADE_UNREADABLE where that code cannot be loaded
 */
export async function parsed(cascade: Cascade | CascadeFile): Promise<Cascade> {
  if (!('file' in cascade)) return cascade;
  const { name, source, file } = cascade;
  const { parseCascade } = await importing('cascade-parse.js', source, () => import('./cascade-parse.js'));
  return { name, bytes: await parseCascade(source, file, maxBytes) };
}

/** What a file is called, without what says its kind. */
function nameOf(path: string): string {
  const file = path.split('/').at(-1) ?? '';
  return file.replace(/(\.(xml|cascade))?(\.gz)?$/i, '') || 'custom';
}

async function readBlob(blob: BlobLike): Promise<Cascade | CascadeFile> {
  const { name: file = '' } = blob;
  const source = file || `of ${blob.size} bytes`;
  // before so much is read
  expectFits(source, { length: blob.size });
  const bytes = await reading(source, async () => new Uint8Array(await blob.arrayBuffer()));
  return fileOf(nameOf(file), source, bytes);
}

async function readAddress(url: URL): Promise<Cascade | CascadeFile> {
  // the path of data: is the data
  const name = url.protocol === 'data:' ? 'custom' : nameOf(url.pathname);
  return fileOf(name, shownUrl(url), await readUrl(url));
}

/** What is wrong with an answer that is no success. */
const refusalOf = ({ status }: ResponseLike): string =>
  status === 0 ? 'it is an error or came from another origin without CORS' : `HTTP ${status}`;

async function readResponse(response: ResponseLike): Promise<Cascade | CascadeFile> {
  // one that a page has made has none
  const url = response.url ? new URL(response.url) : undefined;
  const source = url ? shownUrl(url) : 'of a Response';
  const bytes = await reading(source, async () => {
    if (!response.ok) throw new Error(refusalOf(response));
    return new Uint8Array(await response.arrayBuffer());
  });
  return fileOf(nameOf(url?.pathname ?? ''), source, bytes);
}

/**
 * What is at the source; `parsed` gives the cascade.
 * @throws FACEPIPE_E_CASCADE_UNKNOWN, FACEPIPE_E_CASCADE_UNREADABLE, FACEPIPE_E_CASCADE_INVALID, FACEPIPE_E_ARGUMENT
 */
export async function readSource(source: CascadeSource): Promise<Cascade | CascadeFile> {
  if (typeof source === 'string') {
    // a name has one line
    if (/^\s*<|\n/.test(source))
      return fileOf('custom', `of ${source.length} characters`, new TextEncoder().encode(source));
    return { name: bundledName(source) ?? source, bytes: await readBundled(source) };
  }
  if (isBytes(source)) {
    // memory that was transferred away has no bytes, and no view can be made of it
    const bytes = source.byteLength > 0 ? new Uint8Array(source) : new Uint8Array();
    return fileOf('custom', `of ${source.byteLength} bytes`, bytes);
  }
  if (isCascade(source)) {
    expectFits(source.name, source.bytes);
    return source;
  }
  // of every realm
  const tag = Object.prototype.toString.call(source);
  if (tag === '[object URL]') return readAddress(new URL((source as Url).href));
  if (tag === '[object Blob]' || tag === '[object File]') return readBlob(source as BlobLike);
  if (tag === '[object Response]') return readResponse(source as ResponseLike);
  throw argumentError('bundled name, URL, bytes, Blob, Response or Cascade', 'cascade', source);
}

/**
 * Reads and checks a cascade, so that several detectors can share it.
 * `URL`s are read from disk (`file:`, where there is one) or fetched.
 * @throws FACEPIPE_E_CASCADE_UNKNOWN, FACEPIPE_E_CASCADE_UNREADABLE, FACEPIPE_E_CASCADE_INVALID, FACEPIPE_E_ARGUMENT
 */
export async function loadCascade(source: CascadeSource): Promise<Cascade> {
  return parsed(await readSource(source));
}
