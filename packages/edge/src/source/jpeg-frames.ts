import { Readable } from 'node:stream';
import { type Clock, FacepipeError, systemClock } from '@facepipe/service';
import { type DecodeOptions, decodeImage, decodePreview } from './image.js';
import { createJpegStream, type JpegPiece, maxJpeg } from './jpeg-stream.js';
import { newest } from './newest.js';
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
  /** Whether a picture that came while another one was decoded replaces those before it. Default false: all count. */
  live?: boolean;
  /** Told of each one that was replaced. */
  onSkipped?: () => void;
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
  {
    name,
    maxBytes = maxJpeg,
    decode = {},
    interval = () => 0,
    previews = false,
    live = false,
    onSkipped,
    onCorrupt,
  }: JpegReading,
  clock: Clock = systemClock,
): AsyncGenerator<Frame> {
  const bytes = source instanceof Readable ? source : new Readable().wrap(source);
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

  /** The pictures as they were compressed, when they came. */
  async function* pictures(until: AbortSignal): AsyncGenerator<{ jpeg: Uint8Array; captured: Date }> {
    const stop = () => bytes.destroy();
    until.addEventListener('abort', stop, { once: true });
    function* taken(pieces: readonly JpegPiece[]) {
      for (const piece of pieces) {
        if ('corrupt' in piece) skip(piece.corrupt);
        else if (pace.take(clock.elapsed())) yield { jpeg: piece.picture, captured: new Date(clock.now()) };
      }
    }
    try {
      if (until.aborted) return;
      for await (const chunk of bytes) {
        yield* taken(stream.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
        if (number === 0 && stream.fruitless > maxBytes) break;
      }
      yield* taken(stream.end());
    } catch (error) {
      if (!until.aborted) throw error;
    } finally {
      until.removeEventListener('abort', stop);
      bytes.destroy();
    }
  }

  for await (const { jpeg, captured } of newest({ live, frames: pictures }, signal, onSkipped)) {
    const frame = await frameOf(jpeg, captured).catch(refused);
    if (signal.aborted) return;
    if (!frame) continue;
    number += 1;
    yield frame;
  }
  if (number > 0 || signal.aborted) return;
  const reason = corrupt === 0 ? 'no JPEG picture came' : `none of its ${corrupt} pictures could be decoded`;
  throw sourceError('FACEPIPE_E_SOURCE_EMPTY', { source: name, reason });
}
