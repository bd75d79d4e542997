import { Readable } from 'node:stream';
import { type Clock, FacepipeError, systemClock } from '@facepipe/service';
import { type DecodeOptions, decodeImage, decodePreview } from './image.js';
import { createJpegStream, type JpegPiece, maxJpeg } from './jpeg-stream.js';
import { Pace } from './pacing.js';
import type { Frame } from './source.js';
import { sourceError } from './source-error.js';

export interface JpegReading {
  /** For messages. */
  name: string;
  /** Bytes of a picture. Default `maxJpeg`. */
  maxBytes?: number;
  decode?: DecodeOptions;
  /** Milliseconds from one picture to the next, as things stand; those between are passed over. Default 0: none are. */
  interval?: () => number;
  /** Give previews, and decode in full what is asked for. Default false. */
  previews?: boolean;
  /** Told, in one line, of each picture that was left out. */
  onCorrupt: (message: string) => void;
}

/**
 * The pictures in a stream of bytes that has JPEGs in it, whatever stands between them: no frame of a container is
 * looked at, so one that is written wrongly does not matter.
 * @throws FACEPIPE_E_SOURCE_EMPTY when no picture could be decoded, FACEPIPE_E_IMAGE_TOO_LARGE for the first
 */
export async function* jpegFrames(
  source: NodeJS.ReadableStream,
  signal: AbortSignal,
  { name, maxBytes = maxJpeg, decode = {}, interval = () => 0, previews = false, onCorrupt }: JpegReading,
  clock: Clock = systemClock,
): AsyncGenerator<Frame> {
  const bytes = source instanceof Readable ? source : new Readable().wrap(source);
  const stop = () => bytes.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const stream = createJpegStream(maxBytes);
  let number = 0;
  let corrupt = 0;
  const pace = new Pace(interval);

  const skip = (reason: string) => {
    corrupt += 1;
    onCorrupt(`skipped a picture after frame ${number} on ${name}: ${reason}`);
  };

  /** What a decoder refuses is skipped, unless all that follow will be as large. */
  function refused(error: unknown): undefined {
    if (!(error instanceof FacepipeError)) throw error;
    if (number === 0 && error.code === 'FACEPIPE_E_IMAGE_TOO_LARGE') throw error;
    skip(error.message);
  }

  async function frameOf(jpeg: Uint8Array, captured: Date): Promise<Frame | undefined> {
    const given = { number: number + 1, captured, jpeg };
    if (!previews) return { ...(await decodeImage(jpeg, decode)), ...given };
    const { whole, ...picture } = await decodePreview(jpeg, decode);
    const inFull = () => decodeImage(jpeg, decode).then((full) => ({ ...full, ...given }), refused);
    return { ...picture, ...given, whole: { ...whole, decode: inFull } };
  }

  async function* decoded(pieces: readonly JpegPiece[]): AsyncGenerator<Frame> {
    for (const piece of pieces) {
      if (signal.aborted) return;
      if ('corrupt' in piece) {
        skip(piece.corrupt);
        continue;
      }
      const captured = new Date(clock.now());
      if (!pace.take(clock.elapsed())) continue;
      const frame = await frameOf(piece.picture, captured).catch(refused);
      if (!frame) continue;
      number += 1;
      yield frame;
    }
  }

  try {
    if (signal.aborted) return;
    for await (const chunk of bytes) {
      yield* decoded(stream.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
      if (number === 0 && stream.fruitless > maxBytes) break;
    }
    yield* decoded(stream.end());
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    bytes.destroy();
  }
  if (number > 0 || signal.aborted) return;
  const reason = corrupt === 0 ? 'no JPEG picture came' : `none of its ${corrupt} pictures could be decoded`;
  throw sourceError('FACEPIPE_E_SOURCE_EMPTY', { source: name, reason });
}
