import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '@facepipe/wire';
import { type Address, parseAddress } from './address.js';
import { sourceError } from './error.js';
import { createPpmReader } from './ppm.js';
import type { Frame, Source, SourceOptions } from './source.js';

/** How long ffmpeg may take to end by itself. Milliseconds. */
const grace = 2_000;

/** What ffmpeg says, by version, of a picture it leaves out. */
const undecodable = /Error (while decoding stream|submitting packet to decoder)/;

/**
 * A video file or a stream through the system's ffmpeg, as lossless RGB. Of a file every frame counts and the pipe holds
 * ffmpeg back; a URL is live unless `realtime` is false, and has to be read through `lastingSource`, which notices when
 * it falls silent, and `newest`.
 * @throws FACEPIPE_E_SOURCE_SPEC, FACEPIPE_E_FFMPEG_MISSING; from `frames` FACEPIPE_E_FFMPEG_FAILED with ffmpeg's own
 * last line, FACEPIPE_E_SOURCE_EMPTY
 */
export async function ffmpegSource(
  spec: string,
  options: SourceOptions,
  clock: Clock = systemClock,
): Promise<Source> {
  const address = parseAddress(spec);
  const { name } = address;
  const live = options.realtime ?? address.remote;
  const args = ffmpegArguments(address, options, await versionOf(name));
  let corrupt = 0;
  const listen = (line: string): void => {
    if (undecodable.test(line)) corrupt += 1;
  };

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    if (signal.aborted) return;
    const child = start(args);
    const ended = endOf(child, listen);
    const stop = () => kill(child, ended);
    signal.addEventListener('abort', stop, { once: true });
    const reader = createPpmReader(name);
    let number = 0;
    let finished = false;
    try {
      for await (const chunk of child.stdout) {
        const captured = new Date(clock.now());
        for (const picture of reader.push(chunk)) {
          if (signal.aborted) return;
          number += 1;
          yield { ...picture, number, captured };
        }
      }
      finished = true;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (!finished) stop();
      await ended;
      signal.removeEventListener('abort', stop);
    }
    if (signal.aborted) return;
    const ending = await ended;
    const last = address.redact(ending.said.at(-1) ?? '').replace(/[.\s]+$/, '');
    const failure = failureOf(ending, name, number, last);
    if (failure) throw failure;
    if (last !== '') options.onWarning?.(`${name}: ffmpeg said: ${last}`);
  }

  return {
    name,
    live,
    get corrupt() {
      return corrupt;
    },
    frames,
  };
}

/** The arguments for one input: PPM pictures to standard output, nothing on standard input, errors only on stderr. */
export function ffmpegArguments(address: Address, options: SourceOptions, version: Version): string[] {
  const { width, height, fps, realtime } = options;
  const filters = [
    ...(fps === undefined ? [] : [`fps=${fps}`]),
    // -2: in proportion, rounded to even
    ...(width === undefined && height === undefined ? [] : [`scale=${width ?? -2}:${height ?? -2}`]),
  ];
  const rtsp = address.input.startsWith('rtsp');
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    // what ffmpeg has read to know the stream by is old when that is done, but counts where every frame does
    ...(address.remote && realtime !== false ? ['-fflags', 'nobuffer', '-flags', 'low_delay'] : []),
    // a playlist on disk must not make ffmpeg open the network or other protocols
    ...(address.remote ? [] : ['-protocol_whitelist', 'file,crypto,data']),
    ...(rtsp ? ['-rtsp_transport', 'tcp'] : []),
    // half a JPEG picture is left out, not made up to a whole one
    ...(address.input.startsWith('http') ? ['-err_detect', 'explode'] : []),
    ...(realtime && !address.remote ? ['-re'] : []),
    ...['-i', address.input],
    ...['-map', '0:V:0'],
    ...(filters.length > 0 ? ['-vf', filters.join(',')] : []),
    // every decoded picture once: image2pipe would repeat pictures to a constant rate
    ...(knowsFpsMode(version) ? ['-fps_mode', 'passthrough'] : ['-vsync', '0']),
    ...['-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', 'pipe:1'],
  ];
}

/** Major and minor; `undefined` for a build from git. */
export type Version = { major: number; minor: number } | undefined;

/** -fps_mode came with ffmpeg 5.1 and replaces -vsync, which later versions drop. */
function knowsFpsMode(version: Version): boolean {
  return !version || version.major > 5 || (version.major === 5 && version.minor >= 1);
}

async function versionOf(name: string): Promise<Version> {
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

type Ffmpeg = ChildProcessByStdio<null, Readable, Readable>;

/**
 * In a process group of its own, so that Ctrl-C in a terminal reaches this program only, which drains and then ends
 * ffmpeg. Should this program be killed, ffmpeg ends at its next write to the broken pipe.
 */
function start(args: readonly string[]): Ffmpeg {
  const detached = process.platform !== 'win32';
  return spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe'], detached, windowsHide: true });
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
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), grace);
  void ended.then(() => clearTimeout(last));
}
