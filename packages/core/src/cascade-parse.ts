import { packCascade } from './cascade-pack.js';
import { readCascade } from './cascade-read.js';
import { coreError } from './error.js';
import { Flaw } from './xml.js';

/** The compact form of an OpenCV XML file; `source` is what messages call it. @throws FACEPIPE_E_CASCADE_INVALID */
export function parseCascade(source: string, xml: Uint8Array): Uint8Array {
  try {
    return packCascade(readCascade(new TextDecoder().decode(xml)));
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    throw coreError('FACEPIPE_E_CASCADE_INVALID', { source, problem: error.message });
  }
}
