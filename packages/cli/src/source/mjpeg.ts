import { Readable } from 'node:stream';
import { type Clock, FacepipeError, systemClock } from '@facepipe/wire';
import { sourceError } from './error.js';
import { decodeImage } from './image.js';
import { createJpegStream, type JpegPiece, maxJpeg } from './jpeg-stream.js';
import { warnUnused } from './option.js';
import type { Frame, Source, SourceOptions } from './source.js';

/**
 * JPEG pictures one after the other on stdin, as from `ffmpeg … -c:v mjpeg -f mjpeg -` or a camera's multipart stream.
 * A pipe does not tell whether a camera or a file feeds it: every frame counts unless `realtime` is true.
 * @throws FACEPIPE_E_SOURCE_TERMINAL; from `frames` FACEPIPE_E_SOURCE_EMPTY when no picture could be decoded
 */
export function mjpegSource(options: SourceOptions, clock: Clock = systemClock): Source {
  const stdin = options.stdin ?? process.stdin;
  if ('isTTY' in stdin && stdin.isTTY) throw sourceError('FACEPIPE_E_SOURCE_TERMINAL');
  return jpegSequence('standard input', () => stdin, options, clock);
}

/**
 * JPEG pictures one after the other, from anything that gives bytes.
 * @param open called for each pass over the frames
 * @throws from `frames` FACEPIPE_E_SOURCE_EMPTY when no picture could be decoded
 */
export function jpegSequence(
  name: string,
  open: () => NodeJS.ReadableStream,
  options: SourceOptions,
  clock: Clock = systemClock,
): Source {
  warnUnused(options, name, ['width', 'height', 'fps']);
  let corrupt = 0;

  function skip(number: number, reason: string): void {
    corrupt += 1;
    options.onWarning?.(`skipped a picture after frame ${number} on ${name}: ${reason}`);
  }

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    const opened = open();
    const bytes = opened instanceof Readable ? opened : new Readable().wrap(opened);
    const stop = () => bytes.destroy();
    signal.addEventListener('abort', stop, { once: true });
    const stream = createJpegStream();
    let number = 0;

    async function* decoded(pieces: readonly JpegPiece[]): AsyncGenerator<Frame> {
      for (const piece of pieces) {
        if (signal.aborted) return;
        if ('corrupt' in piece) {
          skip(number, piece.corrupt);
          continue;
        }
        const captured = new Date(clock.now());
        try {
          const picture = await decodeImage(piece.picture);
          number += 1;
          yield { ...picture, number, captured };
        } catch (error) {
          if (!(error instanceof FacepipeError)) throw error;
          skip(number, error.message);
        }
      }
    }

    try {
      if (signal.aborted) return;
      for await (const chunk of bytes) {
        yield* decoded(stream.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
        if (number === 0 && stream.fruitless > maxJpeg) break;
      }
      yield* decoded(stream.end());
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      bytes.destroy();
    }
    if (number === 0 && !signal.aborted) {
      const reason =
        corrupt === 0 ? 'no JPEG picture came' : `none of its ${corrupt} pictures could be decoded`;
      throw sourceError('FACEPIPE_E_SOURCE_EMPTY', { source: name, reason });
    }
  }

  return {
    name,
    live: options.realtime ?? false,
    get corrupt() {
      return corrupt;
    },
    frames,
  };
}
