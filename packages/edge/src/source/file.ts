import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { type Clock, FacepipeError, systemClock } from '@facepipe/service';
import { glob, isDynamicPattern } from 'tinyglobby';
import { ffmpegSource } from './ffmpeg.js';
import { decodeImage, notAnImage, readImageHeader } from './image.js';
import { jpegSequence } from './mjpeg.js';
import { warnUnused } from './option.js';
import { isJpegSequence, pagesOf } from './page.js';
import type { Frame, Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

/** Files named so are never handed to ffmpeg: a broken one gets a sentence about images. */
const imageExtensions: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .png .webp .gif .tif .tiff .avif .heif .heic .svg'.split(' '),
);

/**
 * A path: an image, a video (told apart by content), a folder (its own files, not its subfolders') or a glob.
 * @throws FACEPIPE_E_SOURCE_NOT_FOUND, _UNREADABLE, _EMPTY, _NOT_AN_IMAGE, FACEPIPE_E_IMAGE_CORRUPT,
 *   FACEPIPE_E_FFMPEG_MISSING
 */
export async function fileSource(path: string, options: SourceOptions): Promise<Source> {
  const found = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  });
  if (!found) {
    if (path === '' || !isDynamicPattern(path))
      throw sourceError('FACEPIPE_E_SOURCE_NOT_FOUND', { source: path });
    return filesSource(path, await matching(path), options);
  }
  if (found.isDirectory()) return filesSource(path, await filesIn(path), options);
  if (found.isCharacterDevice()) {
    const problem = 'it is a device, and a camera is one like v4l2:/dev/video0';
    throw sourceError('FACEPIPE_E_SOURCE_SPEC', { source: path, problem });
  }
  if (!found.isFile()) throw unreadable(path, 'it is neither a file nor a folder');
  return openFile(path, options);
}

/** One regular file: pictures are decoded here, films and all other binary files by ffmpeg. */
async function openFile(path: string, options: SourceOptions): Promise<Source> {
  const format = await imageFormat(path);
  if (format === undefined) return ffmpegSource(path, options);
  if (format === 'jpeg' && (await isJpegSequence(path)))
    return jpegSequence(path, () => createReadStream(path), options);
  return imageSource(path, options);
}

/** Every file that these arguments name, as far as there are any. */
export async function inputsOf(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const entry = await stat(path).catch(() => undefined);
      if (entry) return entry.isDirectory() ? filesIn(path) : [path];
      return isDynamicPattern(path) ? matching(path) : [];
    }),
  );
  return found.flat();
}

/** An image is decoded here; animated GIFs, and everything binary that is no image (undefined), go to ffmpeg. */
async function imageFormat(path: string): Promise<string | undefined> {
  const head = await readHead(path);
  if (head.length === 0)
    throw sourceError('FACEPIPE_E_SOURCE_NOT_AN_IMAGE', { source: path, reason: 'it is empty' });
  const header = await readImageHeader(path);
  if (header) return header.format === 'gif' && header.pages > 1 ? undefined : header.format;
  // the plain formats of Netpbm are text
  if (isText(head) && !/^P[1-3]\s/.test(Buffer.from(head.subarray(0, 3)).toString('latin1'))) {
    throw sourceError('FACEPIPE_E_SOURCE_NOT_AN_IMAGE', { source: path, reason: 'it contains text' });
  }
  if (imageExtensions.has(extname(path).toLowerCase())) throw notAnImage(path);
  return undefined;
}

/** The pictures of one image file, each with its page where there are several; says how many are left out. */
async function* picturesOf(file: string, warn: SourceOptions['onWarning']) {
  const header = await readImageHeader(file);
  const pages = header && (await pagesOf(file, header.format, header.pages));
  const count = pages && 'read' in pages ? pages.read : 1;
  if (pages && 'left' in pages && pages.left > 0)
    warn?.(`${file} has ${pages.left + 1} pictures, of which the first is read`);
  for (let page = 0; page < count; page++) {
    const picture = await decodeImage(file, { page });
    yield { ...picture, file, ...(count > 1 && { page: page + 1 }) };
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** ffmpeg would play a text file as a film of a terminal. */
function isText(head: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b);
  } catch {
    return false;
  }
}

/** The regular files of a folder, also behind links: to open a pipe or a device would wait or act. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const visible = names.filter((name) => !name.startsWith('.')).map((name) => join(folder, name));
  const regular = await Promise.all(
    visible.map(async (path) => {
      // what cannot be looked at is named when its turn comes
      const isFile = await stat(path).then(
        (found) => found.isFile(),
        () => true,
      );
      return isFile ? [path] : [];
    }),
  );
  return regular.flat();
}

async function matching(pattern: string): Promise<string[]> {
  return glob(pattern, { onlyFiles: true, expandDirectories: false });
}

const natural = new Intl.Collator('en', { numeric: true });

/** An image file, once per picture in it. */
function imageSource(name: string, options: SourceOptions, clock: Clock = systemClock): Source {
  warnUnused(options, name, ['width', 'height', 'fps', 'realtime']);
  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    let number = 0;
    for await (const picture of picturesOf(name, options.onWarning)) {
      if (signal.aborted) return;
      number += 1;
      yield { ...picture, number, captured: new Date(clock.now()) };
    }
  }
  return { name, live: false, corrupt: 0, frames };
}

/**
 * Files one after the other, each as it would be read alone; one that cannot be read is named, counted and passed over.
 */
function filesSource(name: string, files: string[], options: SourceOptions): Source {
  if (files.length === 0) {
    const reason = 'there is no file in it or none that matches';
    throw sourceError('FACEPIPE_E_SOURCE_EMPTY', { source: name, reason });
  }
  const ordered = files.sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1));
  warnUnused(options, name, ['width', 'height', 'fps', 'realtime']);
  const { onWarning } = options;
  let corrupt = 0;

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    let number = 0;
    for (const file of ordered) {
      if (signal.aborted) return;
      try {
        const source = await openFile(file, onWarning ? { onWarning } : {});
        for await (const frame of source.frames(signal)) {
          number += 1;
          const page = frame.file === undefined ? { page: frame.number } : {};
          yield { ...frame, ...page, file, number };
        }
        corrupt += source.corrupt;
      } catch (error) {
        if (!(error instanceof FacepipeError)) throw error;
        corrupt += 1;
        onWarning?.(`skipped ${basename(file)}: ${error.message}`);
      }
    }
    if (number === 0 && !signal.aborted) {
      const reason = `none of its ${ordered.length} files is a whole image`;
      throw sourceError('FACEPIPE_E_SOURCE_EMPTY', { source: name, reason });
    }
  }

  return {
    name,
    live: false,
    get corrupt() {
      return corrupt;
    },
    frames,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unreadable(path: string, error: unknown) {
  const code = codeOf(error);
  const reason =
    typeof error === 'string' ? error : code === 'EACCES' ? 'permission is denied' : code || String(error);
  return sourceError('FACEPIPE_E_SOURCE_UNREADABLE', { source: resolve(path), reason }, error);
}
