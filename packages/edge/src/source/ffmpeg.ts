import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '@facepipe/service';
import { type Address, parseAddress } from './address.js';
import { outputArguments, timeArguments, type Version } from './ffmpeg-output.js';
import { filmBeginning, Times } from './film.js';
import type { DecodedImage } from './image.js';
import { maxCameraPixels, maxPixels } from './image.js';
import { createPpmReader } from './ppm.js';
import type { Frame, Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

/** Pictures of a film that wait for their times at most; then they have that of the one before. */
const maxWaiting = 16;
/** How long ffmpeg may take to end by itself. Milliseconds. */
const grace = 2_000;

/** What ffmpeg says, by version, of a picture it leaves out. */
const undecodable = /Error (while decoding stream|submitting packet to decoder)/;

/** What ffmpeg is to read. */
export interface FfmpegInput {
  /** For messages. */
  name: string;
  /** Options for the input, and `-i` with what it is called. */
  args: readonly string[];
  /** Bytes for its standard input. */
  stdin?: Readable | string;
  /** Added to its environment. */
  env?: Readonly<Record<string, string>>;
  /** Put behind the reason of a failure. */
  tried?: string;
  /**
   * Of a film: when it began, milliseconds since 1970. Its pictures have its times; those of all others that of
   * decoding.
   */
  beginning?: number;
  /** Removes secrets from what ffmpeg says. */
  redact(text: string): string;
}

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

const upTo = (pixels: number) => ['-max_pixels', String(pixels)];

async function fileInput(
  { name, input, redact }: Address,
  { realtime }: SourceOptions,
  path: string,
  clock: Clock,
): Promise<FfmpegInput> {
  return {
    name,
    // a fourth pipe is not to be had on Windows
    ...(process.platform !== 'win32' && { beginning: await filmBeginning(path, input, clock.now()) }),
    // a playlist on disk must not make ffmpeg open the network or other protocols
    args: [
      ...['-nostdin', ...upTo(maxPixels), '-protocol_whitelist', 'file,crypto,data'],
      ...[...(realtime ? ['-re'] : []), '-i', input],
    ],
    redact,
  };
}

/** What ffmpeg has read to know a stream by is old when that is done, but counts where every frame does. */
const lowDelay = ({ realtime }: SourceOptions) =>
  realtime === false ? [] : ['-fflags', 'nobuffer', '-flags', 'low_delay'];

/**
 * RTSP over TCP, and over UDP where the camera refuses that. The address, which has the password in it, goes through
 * standard input as a list of one entry (ffmpeg's concat demuxer): arguments are for everybody to read.
 */
function streamInput({ name, input, redact }: Address, options: SourceOptions): FfmpegInput {
  const quoted = input.replaceAll("'", "'\\''");
  return {
    name,
    args: [
      ...[...lowDelay(options), ...upTo(maxCameraPixels)],
      ...['-f', 'concat', '-safe', '0', '-protocol_whitelist', 'pipe,rtsp,rtp,tcp,udp,tls,crypto'],
      ...['-i', 'pipe:0'],
    ],
    tried: ' (RTSP over TCP, then UDP)',
    stdin: `ffconcat version 1.0\nfile '${quoted}'\noption rtsp_flags prefer_tcp\n`,
    redact,
  };
}

/** Bytes that come from somewhere else; ffmpeg opens nothing itself. */
export function pipedInput(name: string, stdin: Readable, options: SourceOptions): FfmpegInput {
  const limits = [...upTo(maxCameraPixels), '-protocol_whitelist', 'pipe'];
  const args = [...lowDelay(options), ...limits, '-i', 'pipe:0'];
  return { name, args, stdin, redact: (text) => text };
}

/** A playlist or a file to seek in, behind a proxy that alone reaches the camera. */
export function proxiedInput(
  { name, redact }: Address,
  url: string,
  proxy: string,
  options: SourceOptions,
): FfmpegInput {
  return {
    name,
    args: [
      ...['-nostdin', ...lowDelay(options), ...upTo(maxCameraPixels)],
      ...['-protocol_whitelist', 'http,tcp,crypto,data', '-i', url],
    ],
    env: { http_proxy: proxy, no_proxy: '' },
    redact,
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
  const child = start(input, [
    ...(times ? timeArguments(options, version, 'pipe:3') : []),
    ...outputArguments(options, version),
  ]);
  timesPipe(child)
    ?.setEncoding('utf8')
    .on('data', (text: string) => times?.push(text));
  const ended = endOf(child, (line) => {
    if (undecodable.test(line)) onCorrupt();
  });
  const stop = () => kill(child, ended);
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

type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>;

/** The fourth pipe, with the times of a film's pictures. */
function timesPipe({ stdio }: Ffmpeg): Readable | undefined {
  const pipe: unknown = stdio[3];
  return pipe instanceof Readable ? pipe : undefined;
}

/**
 * In a process group of its own, so that Ctrl-C in a terminal reaches this program only, which drains and then ends
 * ffmpeg. Should this program be killed, ffmpeg ends at its next write to the broken pipe.
 */
function start({ args, stdin, env, beginning }: FfmpegInput, output: readonly string[]): Ffmpeg {
  const detached = process.platform !== 'win32';
  const all = ['-hide_banner', '-loglevel', 'error', ...args, ...output];
  const child = spawn('ffmpeg', all, {
    stdio: ['pipe', 'pipe', 'pipe', ...(beginning === undefined ? [] : (['pipe'] as const))],
    detached,
    windowsHide: true,
    env: { ...process.env, ...env },
  });
  // it may end before it has read all
  child.stdin.on('error', () => {});
  if (typeof stdin === 'string' || stdin === undefined) child.stdin.end(stdin ?? '');
  else stdin.on('error', () => child.stdin.end()).pipe(child.stdin);
  return child;
}

interface Ending {
  code: number | null;
  /** The last lines it wrote to stderr. */
  said: string[];
  missing: boolean;
}

function endOf(child: Ffmpeg, listen: (line: string) => void): Promise<Ending> {
  let tail = '';
  let unfinished = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    tail = (tail + text).slice(-4096);
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop()?.slice(0, 4096) ?? '';
    for (const line of lines) listen(line);
  });
  return new Promise((resolve) => {
    let missing = false;
    child.on('error', () => {
      missing = child.pid === undefined;
    });
    child.on('close', (code) => {
      const said = tail.split('\n').map((line) => line.trim());
      resolve({ code, said: said.filter((line) => line !== ''), missing });
    });
  });
}

/** SIGTERM, and SIGKILL when that was not enough; harmless when it has ended. */
function kill(child: Ffmpeg, ended: Promise<Ending>): void {
  child.stdout.destroy();
  timesPipe(child)?.destroy();
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), grace);
  void ended.then(() => clearTimeout(last));
}
