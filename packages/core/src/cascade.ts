import { argumentError, isObject } from './argument.js';
import { readBundled } from './cascade-bundle.js';
import { type CascadeModel, readCascade } from './cascade-model.js';
import { coreError } from './error.js';
import { readUrl, shownUrl } from './read-url.js';
import { Flaw } from './xml.js';

/** A cascade that has been read and checked. Several detectors can share one. Make it with `loadCascade`. */
export type Cascade = CascadeModel & {
  /** the bundled name, the file's name without .xml, or `custom` for bytes; free to choose: `{ ...cascade, name }` */
  name: string;
};

/** A bundled name (see `cascadeNames`), the address or the bytes of an OpenCV XML file, or what `loadCascade` gave. */
export type CascadeSource = string | URL | Uint8Array | ArrayBuffer | Cascade;

function isCascade(source: CascadeSource): source is Cascade {
  return (
    isObject(source) && 'kind' in source && 'stages' in source && 'features' in source && 'name' in source
  );
}

function isBytes(source: unknown): source is Uint8Array | ArrayBuffer {
  const tag = Object.prototype.toString.call(source);
  return tag === '[object Uint8Array]' || tag === '[object ArrayBuffer]';
}

function parse(name: string, source: string, xml: Uint8Array): Cascade {
  try {
    return { ...readCascade(new TextDecoder().decode(xml)), name };
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    throw coreError('FACEPIPE_E_CASCADE_INVALID', { source, problem: error.message });
  }
}

/** What OpenCV ships and this package does not. */
const oldFormat = {
  source: 'licence_plate_rus_16stages',
  problem:
    'OpenCV has it in the old format only, which cv2.CascadeClassifier.convert(file, to) makes new; russian_plate_number is bundled',
};

/**
 * Reads and checks a cascade, so that several detectors can share it.
 * `URL`s are read from disk (`file:`, where there is one) or fetched.
 * @throws FACEPIPE_E_CASCADE_UNKNOWN, FACEPIPE_E_CASCADE_UNREADABLE, FACEPIPE_E_CASCADE_INVALID, FACEPIPE_E_ARGUMENT
 */
export async function loadCascade(source: CascadeSource): Promise<Cascade> {
  if (source === oldFormat.source) throw coreError('FACEPIPE_E_CASCADE_INVALID', oldFormat);
  if (typeof source === 'string') return { ...(await readBundled(source)), name: source };
  if (source instanceof URL) {
    const xml = await readUrl(source);
    const file = source.pathname
      .split('/')
      .at(-1)
      ?.replace(/\.xml$/i, '');
    return parse(file || 'custom', shownUrl(source), xml);
  }
  if (isBytes(source)) return parse('custom', `of ${source.byteLength} bytes`, new Uint8Array(source));
  if (isCascade(source)) return source;
  throw argumentError('bundled name, URL, bytes or Cascade', 'cascade', source);
}
