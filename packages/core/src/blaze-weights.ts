import { argumentError } from './argument.js';
import { readWeights, type Weights, WeightsError } from './blaze-read.js';
import { coreError, FacepipeError } from './error.js';
import { readUrl, shownUrl } from './read-url.js';

/** Each written out: bundlers find a file by a literal name beside import.meta.url, and by nothing else. */
const files = {
  full: () => new URL('../weights/full.blaze', import.meta.url),
  short: () => new URL('../weights/short.blaze', import.meta.url),
};

/**
 * Which BlazeFace: `full`, the full-range model, finds faces from near to some metres away; `short`, the short-range
 * one, is a fifth as large, and made for faces that fill much of the image, as a phone's front camera has them.
 */
export type ModelName = keyof typeof files;

export const modelNames = Object.keys(files) as ModelName[];

/** The address or the bytes of a file of weights of this package. */
export type WeightsSource = URL | Uint8Array | ArrayBuffer;

function isBytes(source: unknown): source is Uint8Array | ArrayBuffer {
  return ['[object Uint8Array]', '[object ArrayBuffer]'].includes(Object.prototype.toString.call(source));
}

/** @throws FACEPIPE_E_ARGUMENT unless it is an address or bytes */
export function expectWeightsSource(source: unknown): WeightsSource {
  if (source instanceof URL || isBytes(source)) return source;
  throw argumentError('URL or bytes', 'weights', source);
}

function unreadable(source: string, reason: string, error: unknown): FacepipeError {
  return coreError('FACEPIPE_E_WEIGHTS_UNREADABLE', { source, reason }, error);
}

async function read(url: URL): Promise<Uint8Array> {
  try {
    return await readUrl(url);
  } catch (error) {
    if (error instanceof FacepipeError && error.code === 'FACEPIPE_E_ARGUMENT') {
      throw argumentError('URL without user and password', 'weights', shownUrl(url));
    }
    const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw unreadable(
      shownUrl(url),
      inner instanceof Error ? (inner.message.split(', ')[0] ?? '') : String(inner),
      error,
    );
  }
}

function addressOf(model: ModelName): URL {
  try {
    return files[model]();
  } catch (error) {
    throw unreadable(model, 'this module has no address here, as in CommonJS bundles', error);
  }
}

function parse(source: string, bytes: Uint8Array): Weights {
  try {
    return readWeights(bytes);
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw coreError('FACEPIPE_E_WEIGHTS_INVALID', { source, problem: error.message }, error);
  }
}

/**
 * The weights from `source`, or the package's own of that model.
 * @throws FACEPIPE_E_WEIGHTS_UNREADABLE, FACEPIPE_E_WEIGHTS_INVALID, FACEPIPE_E_ARGUMENT for a URL with a password
 */
export async function loadWeights(model: ModelName, source?: WeightsSource): Promise<Weights> {
  if (source === undefined || source instanceof URL) {
    const url = source ?? addressOf(model);
    return parse(shownUrl(url), await read(url));
  }
  // before anything is awaited: the caller may use the memory again; memory that was transferred away has no bytes
  const bytes = source.byteLength > 0 ? new Uint8Array(source).slice() : new Uint8Array();
  return parse(`of ${bytes.length} bytes`, bytes);
}
