import { isCompact } from './cascade-compact.js';
import { packCascade } from './cascade-pack.js';
import { readCascade } from './cascade-read.js';
import { coreError } from './error.js';
import { gunzip, isGzip } from './gunzip.js';
import { Flaw } from './xml.js';

/**
 * The compact form of an OpenCV XML file, gzipped or not; `source` is what messages call it.
 * @param most bytes that it may have without gzip
 * @throws FACEPIPE_E_CASCADE_INVALID
 */
export async function parseCascade(
  source: string,
  file: Uint8Array<ArrayBuffer>,
  most: number,
): Promise<Uint8Array> {
  try {
    const bytes = isGzip(file) ? await gunzip(file, most) : file;
    if (isCompact(bytes)) return bytes;
    return packCascade(readCascade(new TextDecoder().decode(bytes)));
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    throw coreError('FACEPIPE_E_CASCADE_INVALID', { source, problem: error.message });
  }
}
