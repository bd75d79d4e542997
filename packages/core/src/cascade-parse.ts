import { isCompact } from './cascade-compact.js';
import { packCascade } from './cascade-pack.js';
import { readCascade } from './cascade-read.js';
import { coreError } from './error.js';
import { gunzip, isGzip } from './gunzip.js';
import { Flaw } from './xml.js';

/** Told apart as XML 1.0 has it (appendix F.1): by a byte order mark, or by how its first character lies in memory. */
function textOf(bytes: Uint8Array): string {
  const begin = (first: number, second: number) => bytes[0] === first && bytes[1] === second;
  if (begin(0xff, 0xfe) || begin(0x3c, 0)) return new TextDecoder('utf-16le').decode(bytes);
  if (begin(0xfe, 0xff) || begin(0, 0x3c)) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

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
    return packCascade(readCascade(textOf(bytes)));
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    throw coreError('FACEPIPE_E_CASCADE_INVALID', { source, problem: error.message });
  }
}
