import { basename, extname } from 'node:path';
import { toRgb } from '@facepipe/core';
import { cropFrame, type DetectedFace, openFaceDetector } from '@facepipe/edge/detect';
import { type Frame, fileSource, inputsOf } from '@facepipe/edge/source';
import { FacepipeError } from '@facepipe/service';
import sharp from 'sharp';
import { AlreadyReported, cliError } from '../cli-error.js';
import type { CommandOptions } from '../parse/command.js';
import { pictureDefaults, readDetection } from './detection.js';
import { makeFolder } from './folder.js';
import { Outputs } from './output.js';
import type { Session } from './session.js';

async function writeCrops(
  outputs: Outputs,
  folder: string,
  stem: string,
  frame: Frame,
  faces: readonly DetectedFace[],
): Promise<void> {
  for (const [index, face] of faces.entries()) {
    const { data, width, height, channels } = cropFrame(frame, face);
    const png = await sharp(data, { raw: { width, height, channels } }).png().toBuffer();
    await outputs.write(folder, `${stem}-${index + 1}`, png);
  }
}

/** The picture with a box around each face; drawn piece by piece, as a drawing has at most 32,767 pixels a side. */
async function annotated(frame: Frame, faces: readonly DetectedFace[]): Promise<Buffer> {
  const { data, width, height } = toRgb(frame);
  const stroke = Math.max(2, Math.round(width / 300));
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite(faces.flatMap((face) => edges(face, { width, height }, stroke, '#00e05a')))
    .removeAlpha()
    .png()
    .toBuffer();
}

/** The four sides of a box as filled rectangles within the picture. */
function edges(
  face: DetectedFace,
  picture: { width: number; height: number },
  stroke: number,
  background: string,
) {
  const half = Math.floor(stroke / 2);
  const [left, top] = [face.x - half, face.y - half];
  const [right, bottom] = [face.x + face.width - half, face.y + face.height - half];
  const [wide, high] = [face.width + stroke, face.height + stroke];
  const sides = [
    [left, top, wide, stroke],
    [left, bottom, wide, stroke],
    [left, top, stroke, high],
    [right, top, stroke, high],
  ] as const;
  return sides.flatMap(([x, y, w, h]) => {
    const [x0, y0] = [Math.max(0, x), Math.max(0, y)];
    const [width, height] = [Math.min(x + w, picture.width) - x0, Math.min(y + h, picture.height) - y0];
    if (width <= 0 || height <= 0) return [];
    return [{ input: { create: { width, height, channels: 3 as const, background } }, left: x0, top: y0 }];
  });
}

function table(file: string, frame: Frame, faces: readonly DetectedFace[], ms: number): string {
  const found = `${faces.length} ${faces.length === 1 ? 'face' : 'faces'}`;
  const head = `${file}  ${frame.width}x${frame.height}  ${found}  ${ms.toFixed(1)} ms`;
  const rows = faces.map(({ x, y, width, height, neighbors, verify }) => {
    const place = `  x ${String(x).padStart(5)}  y ${String(y).padStart(5)}  ${`${width}x${height}`.padStart(9)}`;
    return `${place}  neighbors ${neighbors}${verify === undefined ? '' : `  verify ${verify.toFixed(3)}`}`;
  });
  return [head, ...rows].join('\n');
}

/** Landmarks have fractions, of which three digits say enough. */
const thousandths = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;

/** A picture, what it is called, and how the names of what is made from it begin. */
interface NamedFrame {
  file: string;
  stem: string;
  frame: Frame;
}

function pictureOf(argument: string, frame: Frame): NamedFrame {
  const { file = argument } = frame;
  const number = frame.file === undefined ? frame.number : frame.page;
  const stem = basename(file, extname(file));
  if (number === undefined) return { file, stem, frame };
  // padded, so that names sort as the frames do
  return { file: `${file}#${number}`, stem: `${stem}-${String(number).padStart(6, '0')}`, frame };
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

  async *[Symbol.asyncIterator](): AsyncGenerator<NamedFrame> {
    const { log, signal } = this.#session;
    for (const argument of this.#files) {
      try {
        const source = await fileSource(argument, { onWarning: (message) => log.warn(message) });
        for await (const frame of source.frames(signal)) yield pictureOf(argument, frame);
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
  const looking = await readDetection(options, pictureDefaults);
  const detector = await openFaceDetector(looking.detector);
  session.begin({});
  const pictures = new Pictures(files, session);
  const outputs = new Outputs(crops || annotate ? await inputsOf(files) : []);
  try {
    for await (const { file, stem, frame } of pictures) {
      const { width, height } = frame;
      const start = performance.now();
      const faces = await detector.detect(frame, looking.detection);
      const ms = Math.round((performance.now() - start) * 100) / 100;
      session.out(
        session.json
          ? JSON.stringify({ file, width, height, faces, ms }, thousandths)
          : table(file, frame, faces, ms),
      );
      if (crops) await writeCrops(outputs, crops, stem, frame, faces);
      if (annotate) await outputs.write(annotate, stem, await annotated(frame, faces));
    }
  } finally {
    await detector.close();
  }
  if (pictures.failure) throw new AlreadyReported(pictures.failure);
}
