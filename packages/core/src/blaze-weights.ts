import { argumentError } from './argument.js';
import { readWeights, type Weights, WeightsError } from './blaze-read.js';
import type { ModelName, WeightsSource } from './blaze-source.js';
import { coreError, FacepipeError } from './error.js';
import { whyMissing } from './missing-file.js';
import { readUrl, shownUrl } from './read-url.js';

/** Each written out: bundlers find a file by a literal name beside import.meta.url, and by nothing else. */
const files: Readonly<Record<ModelName, () => URL>> = {
  full: () => new URL('../weights/full.blaze', import.meta.url),
  short: () => new URL('../weights/short.blaze', import.meta.url),
};

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
    throw unreadable(model, whyMissing(error), error);
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
