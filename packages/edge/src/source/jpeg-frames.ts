import { Readable } from 'node:stream';
import { type Clock, FacepipeError, systemClock } from '@facepipe/service';
import { type DecodeOptions, decodeImage } from './image.js';
import { createJpegStream, type JpegPiece, maxJpeg } from './jpeg-stream.js';
import type { Frame } from './source.js';
import { sourceError } from './source-error.js';

export interface JpegReading {
  /** For messages. */
  name: string;
  /** Bytes of a picture. Default `maxJpeg`. */
  maxBytes?: number;
  decode?: DecodeOptions;
  /** Milliseconds from one picture to the next; those between are passed over. Default: every picture. */
  interval?: number;
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
  { name, maxBytes = maxJpeg, decode = {}, interval = 0, onCorrupt }: JpegReading,
  clock: Clock = systemClock,
): AsyncGenerator<Frame> {
  const bytes = source instanceof Readable ? source : new Readable().wrap(source);
  const stop = () => bytes.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const stream = createJpegStream(maxBytes);
  let number = 0;
  let corrupt = 0;
  let due = 0;

  const skip = (reason: string) => {
    corrupt += 1;
    onCorrupt(`skipped a picture after frame ${number} on ${name}: ${reason}`);
  };

  async function* decoded(pieces: readonly JpegPiece[]): AsyncGenerator<Frame> {
    for (const piece of pieces) {
      if (signal.aborted) return;
      if ('corrupt' in piece) {
        skip(piece.corrupt);
        continue;
      }
      const captured = new Date(clock.now());
      const now = clock.elapsed();
      if (now < due) continue;
      // a camera that is a little early is on time
      due = Math.max(due, now - interval) + interval * 0.95;
      try {
        const picture = await decodeImage(piece.picture, decode);
        number += 1;
        yield { ...picture, number, captured, jpeg: piece.picture };
      } catch (error) {
        if (!(error instanceof FacepipeError)) throw error;
        // all that follow will be as large
        if (number === 0 && error.code === 'FACEPIPE_E_IMAGE_TOO_LARGE') throw error;
        skip(error.message);
      }
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
