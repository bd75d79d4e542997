import type { Readable } from 'node:stream';
import type { Clock } from '@facepipe/service';
import type { Address } from './address.js';
import { filmBeginning } from './film.js';
import { maxCameraPixels, maxPixels } from './image.js';
import type { SourceOptions } from './source.js';

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

const upTo = (pixels: number) => ['-max_pixels', String(pixels)];

/** A video file. */
export async function fileInput(
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
export function streamInput({ name, input, redact }: Address, options: SourceOptions): FfmpegInput {
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
