import { readUrl } from './read-url.js';

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

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  // a server that sends .gz as Content-Encoding has had it unpacked on the way
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The XML of a bundled cascade. @throws FACEPIPE_E_CASCADE_UNREADABLE when the package's files are not beside it */
export async function readBundled(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = name.startsWith('lbpcascade_') ? name : `haarcascade_${name}`;
  return gunzip(await readUrl(new URL(`../cascades/${file}.xml.gz`, import.meta.url)));
}
