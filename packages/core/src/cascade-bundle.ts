import { nearest, shorten } from './argument.js';
import { isCompact } from './cascade-compact.js';
import { coreError } from './error.js';
import { whyMissing } from './missing-file.js';
import { readUrl, shownUrl } from './read-url.js';

type BundledName =
  | 'eye'
  | 'eye_tree_eyeglasses'
  | 'frontalcatface'
  | 'frontalcatface_extended'
  | 'frontalface_alt'
  | 'frontalface_alt2'
  | 'frontalface_alt_tree'
  | 'frontalface_default'
  | 'fullbody'
  | 'lbpcascade_frontalcatface'
  | 'lbpcascade_frontalface'
  | 'lbpcascade_frontalface_improved'
  | 'lbpcascade_profileface'
  | 'lbpcascade_silverware'
  | 'lefteye_2splits'
  | 'lowerbody'
  | 'profileface'
  | 'righteye_2splits'
  | 'russian_plate_number'
  | 'smile'
  | 'upperbody';

/** Each written out: bundlers find a file by a literal name beside import.meta.url, and by nothing else. */
const files: Readonly<Record<BundledName, () => URL>> = {
  eye: () => new URL('../cascades/eye.cascade', import.meta.url),
  eye_tree_eyeglasses: () => new URL('../cascades/eye_tree_eyeglasses.cascade', import.meta.url),
  frontalcatface: () => new URL('../cascades/frontalcatface.cascade', import.meta.url),
  frontalcatface_extended: () => new URL('../cascades/frontalcatface_extended.cascade', import.meta.url),
  frontalface_alt: () => new URL('../cascades/frontalface_alt.cascade', import.meta.url),
  frontalface_alt2: () => new URL('../cascades/frontalface_alt2.cascade', import.meta.url),
  frontalface_alt_tree: () => new URL('../cascades/frontalface_alt_tree.cascade', import.meta.url),
  frontalface_default: () => new URL('../cascades/frontalface_default.cascade', import.meta.url),
  fullbody: () => new URL('../cascades/fullbody.cascade', import.meta.url),
  lbpcascade_frontalcatface: () => new URL('../cascades/lbpcascade_frontalcatface.cascade', import.meta.url),
  lbpcascade_frontalface: () => new URL('../cascades/lbpcascade_frontalface.cascade', import.meta.url),
  lbpcascade_frontalface_improved: () =>
    new URL('../cascades/lbpcascade_frontalface_improved.cascade', import.meta.url),
  lbpcascade_profileface: () => new URL('../cascades/lbpcascade_profileface.cascade', import.meta.url),
  lbpcascade_silverware: () => new URL('../cascades/lbpcascade_silverware.cascade', import.meta.url),
  lefteye_2splits: () => new URL('../cascades/lefteye_2splits.cascade', import.meta.url),
  lowerbody: () => new URL('../cascades/lowerbody.cascade', import.meta.url),
  profileface: () => new URL('../cascades/profileface.cascade', import.meta.url),
  righteye_2splits: () => new URL('../cascades/righteye_2splits.cascade', import.meta.url),
  russian_plate_number: () => new URL('../cascades/russian_plate_number.cascade', import.meta.url),
  smile: () => new URL('../cascades/smile.cascade', import.meta.url),
  upperbody: () => new URL('../cascades/upperbody.cascade', import.meta.url),
};

/** A bundled cascade's name, which editors complete; OpenCV's own file name of it is as good. */
export type CascadeName = BundledName | (string & {});

/**
 * The names of the bundled cascades: OpenCV's file names without `.xml` and without `haarcascade_`.
 * LBP cascades keep their `lbpcascade_`, for some names exist in both kinds.
 */
export const cascadeNames: readonly CascadeName[] = Object.keys(files);

/** Without what OpenCV's file names have more. */
const nameIn = (written: string): string =>
  written
    .toLowerCase()
    .replace(/\.xml(\.gz)?$/, '')
    .replace(/^haarcascade_/, '');

/** The name of a bundled cascade, which may be written as OpenCV's file is called; undefined when there is none. */
export function bundledName(written: string): BundledName | undefined {
  const name = nameIn(written);
  return Object.hasOwn(files, name) ? (name as BundledName) : undefined;
}

/** What is no name may be a part of one, or a path or an address that was meant to be read. */
function unknown(written: string): Error {
  const name = nameIn(written);
  const like = name.length < 3 ? [] : cascadeNames.filter((known) => known.includes(name));
  const near = nearest(name, cascadeNames);
  const hint = /[/\\]|\.xml(\.gz)?$/i.test(written)
    ? 'A file or an address is given as a URL: new URL(…)'
    : like.length === 0 && near !== undefined
      ? `The nearest is ${near}`
      : `Choose one of ${(like.length > 0 ? like : cascadeNames).join(', ')}`;
  return coreError('FACEPIPE_E_CASCADE_UNKNOWN', { name: shorten(written), hint });
}

/** @throws FACEPIPE_E_CASCADE_UNREADABLE where a bundler left no address of this module */
function addressOf(name: BundledName): URL {
  try {
    return files[name]();
  } catch (error) {
    throw coreError('FACEPIPE_E_CASCADE_UNREADABLE', { source: name, reason: whyMissing(error) }, error);
  }
}

/**
 * The compact form of a bundled cascade.
 * @throws FACEPIPE_E_CASCADE_UNKNOWN, FACEPIPE_E_CASCADE_UNREADABLE when the package's files are not beside it
 */
export async function readBundled(name: string): Promise<Uint8Array> {
  const known = bundledName(name);
  const url = known === undefined ? undefined : addressOf(known);
  if (!url) throw unknown(name);
  const bytes = await readUrl(url);
  if (isCompact(bytes)) return bytes;
  throw coreError('FACEPIPE_E_CASCADE_UNREADABLE', {
    source: shownUrl(url),
    reason: 'it is not what was packed',
  });
}
