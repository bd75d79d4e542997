import { basename, extname, join } from 'node:path';
import type { Face } from '@facepipe/core';
import { FacepipeError } from '@facepipe/wire';
import sharp from 'sharp';
import { cropFrame } from '../capture/crop.js';
import { imageOf } from '../capture/luma.js';
import { AlreadyReported, cliError } from '../error.js';
import type { CommandOptions } from '../parse/command.js';
import { fileSource } from '../source/file.js';
import type { Frame } from '../source/source.js';
import { detectOptions, openDetector } from './detection.js';
import { makeFolder } from './folder.js';
import type { Session } from './session.js';

async function writeCrops(folder: string, name: string, frame: Frame, faces: readonly Face[]): Promise<void> {
  for (const [index, face] of faces.entries()) {
    const { data, width, height, channels } = cropFrame(frame, face);
    await sharp(data, { raw: { width, height, channels } })
      .png()
      .toFile(join(folder, `${name}-${index + 1}.png`));
  }
}

async function writeAnnotated(
  folder: string,
  name: string,
  frame: Frame,
  faces: readonly Face[],
): Promise<void> {
  const { data, width, height, format } = frame;
  const stroke = Math.max(2, Math.round(width / 300));
  const boxes = faces.map(
    (face) =>
      `<rect x="${face.x}" y="${face.y}" width="${face.width}" height="${face.height}" fill="none" stroke="#00e05a" stroke-width="${stroke}"/>`,
  );
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxes.join('')}</svg>`;
  await sharp(data, { raw: { width, height, channels: format === 'gray' ? 1 : 3 } })
    .toColourspace('srgb')
    .composite([{ input: Buffer.from(overlay) }])
    .removeAlpha()
    .png()
    .toFile(join(folder, `${name}.png`));
}

function table(file: string, frame: Frame, faces: readonly Face[], ms: number): string {
  const found = `${faces.length} ${faces.length === 1 ? 'face' : 'faces'}`;
  const head = `${file}  ${frame.width}x${frame.height}  ${found}  ${ms.toFixed(1)} ms`;
  const rows = faces.map(
    ({ x, y, width, height, neighbors }) =>
      `  x ${String(x).padStart(5)}  y ${String(y).padStart(5)}  ${`${width}x${height}`.padStart(9)}  neighbors ${neighbors}`,
  );
  return [head, ...rows].join('\n');
}

/** The pictures of every argument; one that cannot be read is named, remembered, and does not stop the rest. */
class Pictures {
  failure: FacepipeError | undefined;
  readonly #files: readonly string[];
  readonly #session: Session;

  constructor(files: readonly string[], session: Session) {
    this.#files = files;
    this.#session = session;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<{ file: string; frame: Frame }> {
    const { log, signal } = this.#session;
    for (const argument of this.#files) {
      try {
        const source = await fileSource(argument, { onWarning: (message) => log.warn(message) });
        for await (const frame of source.frames(signal))
          yield { file: frame.file ?? `${argument}#${frame.number}`, frame };
        if (source.corrupt > 0) {
          this.failure = cliError('FACEPIPE_E_PICTURES', { source: argument, count: source.corrupt });
          log.error(this.failure.message);
        }
      } catch (error) {
        if (!(error instanceof FacepipeError)) throw error;
        this.failure = error;
        log.error(`${error.message} [${error.code}]`);
      }
      if (signal.aborted) return;
    }
  }
}

/** Finds the faces in image files: a table or JSON Lines on stdout. */
export async function detect(
  options: CommandOptions<'detect'>,
  files: string[],
  session: Session,
): Promise<void> {
  if (files.length === 0) {
    throw cliError('FACEPIPE_E_USAGE', {
      problem: 'Expected at least one image file but received none',
      command: 'detect ',
    });
  }
  const { crops, annotate } = options;
  if (crops) makeFolder('crops', crops);
  if (annotate) makeFolder('annotate', annotate);
  const detector = await openDetector(options);
  const pictures = new Pictures(files, session);
  const names = new Set<string>();
  try {
    for await (const { file, frame } of pictures) {
      const { width, height } = frame;
      const start = performance.now();
      const faces = await detector.detect(imageOf(frame), detectOptions(options));
      const ms = Math.round((performance.now() - start) * 100) / 100;
      session.out(
        session.json ? JSON.stringify({ file, width, height, faces, ms }) : table(file, frame, faces, ms),
      );
      // photo.jpg and photo.png of one run must not overwrite each other
      const stem = basename(file, extname(file));
      const name = names.has(stem) ? basename(file) : stem;
      names.add(name);
      if (crops) await writeCrops(crops, name, frame, faces);
      if (annotate) await writeAnnotated(annotate, name, frame, faces);
    }
  } finally {
    await detector.close();
  }
  if (pictures.failure) throw new AlreadyReported(pictures.failure);
}
