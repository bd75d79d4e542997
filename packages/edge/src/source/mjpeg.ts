import { type Clock, systemClock } from '@facepipe/service';
import { jpegFrames } from './jpeg-frames.js';
import { warnUnused } from './option.js';
import { pacing } from './pacing.js';
import type { Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

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
  const onCorrupt = (message: string) => {
    corrupt += 1;
    options.onWarning?.(message);
  };
  let skipped = 0;
  const onSkipped = () => {
    skipped += 1;
  };
  const live = options.realtime ?? false;
  return {
    name,
    live,
    get corrupt() {
      return corrupt;
    },
    get skipped() {
      return skipped;
    },
    frames: (signal) =>
      jpegFrames(
        open(),
        signal,
        { name, ...pacing(live, { previews: options.previews }), onSkipped, onCorrupt },
        clock,
      ),
  };
}
