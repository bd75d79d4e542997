import type { SourceOptions } from './source.js';

/** Major and minor; `undefined` for a build from git. */
export type Version = { major: number; minor: number } | undefined;

/** -fps_mode came with ffmpeg 5.1 and replaces -vsync, which later versions drop. */
function knowsFpsMode(version: Version): boolean {
  return !version || version.major > 5 || (version.major === 5 && version.minor >= 1);
}

/** Every decoded picture once: image2pipe would repeat pictures to a constant rate. */
const once = (version: Version) => (knowsFpsMode(version) ? ['-fps_mode', 'passthrough'] : ['-vsync', '0']);

const rate = ({ fps }: SourceOptions) => (fps === undefined ? [] : [`fps=${fps}`]);

/** The arguments for the output: PPM pictures, once each. */
export function outputArguments(options: SourceOptions, version: Version): string[] {
  const { width, height } = options;
  const filters = [
    ...rate(options),
    // -2: in proportion, rounded to even
    ...(width === undefined && height === undefined ? [] : [`scale=${width ?? -2}:${height ?? -2}`]),
  ];
  return [
    ...['-map', '0:V:0'],
    ...(filters.length > 0 ? ['-vf', filters.join(',')] : []),
    ...once(version),
    ...['-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', 'pipe:1'],
  ];
}

/** Those of an output with the time of each of these pictures, and next to nothing else, for `Times` to read. */
export function timeArguments(options: SourceOptions, version: Version, pipe: string): string[] {
  const filters = [...rate(options), 'scale=2:2:flags=neighbor'];
  const format = ['-c:v', 'rawvideo', '-f', 'framecrc', '-flush_packets', '1', pipe];
  return ['-map', '0:V:0', '-vf', filters.join(','), ...once(version), ...format];
}
