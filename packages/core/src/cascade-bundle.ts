import { isCompact } from './cascade-compact.js';
import { coreError } from './error.js';
import { readUrl, shownUrl } from './read-url.js';

/**
 * The names of the bundled cascades: OpenCV's file names without `.xml` and without `haarcascade_`.
 * LBP cascades keep their `lbpcascade_`, for some names exist in both kinds.
 */
export const cascadeNames: readonly string[] = [
  'eye',
  'eye_tree_eyeglasses',
  'frontalcatface',
  'frontalcatface_extended',
  'frontalface_alt',
  'frontalface_alt2',
  'frontalface_alt_tree',
  'frontalface_default',
  'fullbody',
  'lbpcascade_frontalcatface',
  'lbpcascade_frontalface',
  'lbpcascade_frontalface_improved',
  'lbpcascade_profileface',
  'lbpcascade_silverware',
  'lefteye_2splits',
  'lowerbody',
  'profileface',
  'righteye_2splits',
  'russian_plate_number',
  'smile',
  'upperbody',
];

/** The compact form of a bundled cascade. @throws FACEPIPE_E_CASCADE_UNREADABLE when the package's files are not beside it */
export async function readBundled(name: string): Promise<Uint8Array> {
  const url = new URL(`../cascades/${name}.cascade`, import.meta.url);
  const bytes = await readUrl(url);
  if (isCompact(bytes)) return bytes;
  throw coreError('FACEPIPE_E_CASCADE_UNREADABLE', {
    source: shownUrl(url),
    reason: 'it is not what was packed',
  });
}
