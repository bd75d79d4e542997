import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '@facepipe/service';
import { parseAddress } from './address.js';
import { type FfmpegInput, fileInput, streamInput } from './ffmpeg-input.js';
import { outputArguments, timeArguments, type Version } from './ffmpeg-output.js';
import { type Ending, endOf, killFfmpeg, startFfmpeg, timesPipe } from './ffmpeg-process.js';
import { Times } from './film.js';
import type { DecodedImage } from './image.js';
import { createPpmReader } from './ppm.js';
import type { Frame, Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

/** Pictures of a film that wait for their times at most; then they have that of the one before. */
const maxWaiting = 16;

/** What ffmpeg says, by version, of a picture it leaves out. */
const undecodable = /Error (while decoding stream|submitting packet to decoder)/;

/**
 * A video file, or an RTSP stream, through the system's ffmpeg, as lossless RGB. Of a file every frame counts and the
 * pipe holds ffmpeg back; a stream is live unless `realtime` is false, and has to be read through `lastingSource`,
 * which notices when it falls silent, and `newest`.
 * @throws FACEPIPE_E_SOURCE_SPEC, FACEPIPE_E_FFMPEG_MISSING; from `frames` FACEPIPE_E_FFMPEG_FAILED with ffmpeg's own
 * last line, FACEPIPE_E_SOURCE_EMPTY
 */
export async function ffmpegSource(
  spec: string,
  options: SourceOptions,
  clock: Clock = systemClock,
): Promise<Source> {
  const address = parseAddress(spec, options.login);
  const { name, url } = address;
  const version = await ffmpegVersion(name);
  const input = url ? streamInput(address, options) : await fileInput(address, options, spec, clock);
  let corrupt = 0;
  return {
    name,
    live: options.realtime ?? url !== undefined,
    get corrupt() {
      return corrupt;
    },
    frames: (signal) => ffmpegFrames(input, version, options, signal, () => corrupt++, clock),
  };
}

/**
 * The pictures ffmpeg makes of an input.
 * @param onCorrupt told of each picture that ffmpeg left out
 * @param version see `ffmpegVersion`
 * @throws FACEPIPE_E_FFMPEG_MISSING, FACEPIPE_E_FFMPEG_FAILED, FACEPIPE_E_SOURCE_EMPTY
 */
export async function* ffmpegFrames(
  input: FfmpegInput,
  version: Version,
  options: SourceOptions,
  signal: AbortSignal,
  onCorrupt: () => void,
  clock: Clock = systemClock,
): AsyncGenerator<Frame> {
  if (signal.aborted) return;
  const { name, redact } = input;
  const times = input.beginning === undefined ? undefined : new Times(input.beginning);
  const child = startFfmpeg(input, [
    ...(times ? timeArguments(options, version, 'pipe:3') : []),
    ...outputArguments(options, version),
  ]);
  timesPipe(child)
    ?.setEncoding('utf8')
    .on('data', (text: string) => times?.push(text));
  const ended = endOf(child, (line) => {
    if (undecodable.test(line)) onCorrupt();
  });
  const stop = () => killFfmpeg(child, ended);
  signal.addEventListener('abort', stop, { once: true });
  const reader = createPpmReader(name);
  let number = 0;
  let finished = false;
  // pictures whose times have not come yet: ffmpeg writes both as it goes
  const waiting: DecodedImage[] = [];
  const frameOf = (picture: DecodedImage, came: number): Frame => {
    number += 1;
    return { ...picture, number, captured: times?.next() ?? new Date(came) };
  };
  try {
    for await (const chunk of child.stdout) {
      const came = clock.now();
      waiting.push(...reader.push(chunk));
      while (waiting.length > (times && times.known === 0 ? maxWaiting : 0)) {
        if (signal.aborted) return;
        const picture = waiting.shift();
        if (picture) yield frameOf(picture, came);
      }
    }
    finished = true;
    await ended;
    for (const picture of waiting) {
      if (signal.aborted) return;
      yield frameOf(picture, clock.now());
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (!finished) stop();
    await ended;
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) return;
  const ending = await ended;
  const last = redact(lastWords(ending.said)).replace(/[.\s]+$/, '');
  const failure = failureOf(ending, name, number, last && `${last}${input.tried ?? ''}`);
  if (failure) throw failure;
  if (last !== '') options.onWarning?.(`${name}: ffmpeg said: ${last}`);
}

/** The last line that says why: that the list of one entry came to nothing says nothing. */
function lastWords(said: readonly string[]): string {
  const telling = said.filter((line) => !/^pipe:0?: |^\[concat @ \w+\] Impossible to open/.test(line));
  return (telling.at(-1) ?? said.at(-1) ?? '').replace(/^\[\w+ @ \w+\] /, '');
}

/**
 * Of the ffmpeg that is there; it is a program to start, so it is asked once a source. @throws
 * FACEPIPE_E_FFMPEG_MISSING
 */
export async function ffmpegVersion(name: string): Promise<Version> {
  try {
    const { stdout } = await promisify(execFile)('ffmpeg', ['-version'], { windowsHide: true });
    const found = /^ffmpeg version n?(\d+)\.(\d+)/.exec(stdout);
    return found ? { major: Number(found[1]), minor: Number(found[2]) } : undefined;
  } catch (error) {
    throw sourceError('FACEPIPE_E_FFMPEG_MISSING', { source: name }, error);
  }
}

/** Why it was no success, if it was none; `last` is ffmpeg's last line without secrets. */
function failureOf({ code, said, missing }: Ending, source: string, frames: number, last: string) {
  if (missing) return sourceError('FACEPIPE_E_FFMPEG_MISSING', { source });
  if (said.some((line) => /matches no streams|not contain any stream/.test(line))) {
    return sourceError('FACEPIPE_E_SOURCE_EMPTY', { source, reason: 'there is no video in it' });
  }
  const reason = last || `it ended with exit code ${code}`;
  if (code !== 0) return sourceError('FACEPIPE_E_FFMPEG_FAILED', { source, reason });
  if (frames > 0) return undefined;
  return sourceError('FACEPIPE_E_SOURCE_EMPTY', { source, reason: last || 'ffmpeg found no picture in it' });
}
