import { existsSync, realpathSync } from 'node:fs';
import { expectArgument } from '@facepipe/service';
import type { Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

const scheme = /^([a-z][a-z0-9+.-]+):\/\//i;
const urls: ReadonlySet<string> = new Set(['rtsp', 'rtsps', 'http', 'https']);

/**
 * Opens what `--source` names: `demo`, `v4l2`, `v4l2:CAMERA`, `/dev/video0` or `0`, `webcam` or `webcam:DEVICE`, an
 * `rtsp`, `rtsps`, `http` or `https` URL, `-` for MJPEG on stdin, or the path of an image, a video, a folder of images,
 * or a glob.
 * @throws FacepipeError exit 2 for a malformed spec or option, exit 3 for a source that is not there.
 */
export async function openSource(spec: string, options: SourceOptions = {}): Promise<Source> {
  expectArgument('spec', spec, 'text');
  expectArgument('options', options, 'object');
  checkOptions(options);
  const camera = deviceOf(spec) ?? (/^v4l2(:|$)/.test(spec) ? spec.slice('v4l2:'.length) : undefined);
  // each source loads what it needs: a film no libc, a camera no ffmpeg
  if (camera !== undefined) return (await import('./v4l2.js')).v4l2Source(camera, options);
  if (options.controls?.length) options.onWarning?.('control applies to v4l2 cameras only');
  if (spec === 'demo') return (await import('./scene.js')).demoScene(options);
  if (spec === '-') return (await import('./mjpeg.js')).mjpegSource(options);
  if (spec === 'webcam' || spec.startsWith('webcam:'))
    return (await import('./webcam.js')).webcamSource(spec.slice('webcam:'.length), options);
  const protocol = scheme.exec(spec)?.[1];
  if (protocol === undefined) return (await import('./file.js')).fileSource(spec, options);
  if (/^https?$/i.test(protocol)) return (await import('./http.js')).httpSource(spec, options);
  if (urls.has(protocol.toLowerCase())) return (await import('./ffmpeg.js')).ffmpegSource(spec, options);
  throw sourceError('FACEPIPE_E_SOURCE_SPEC', {
    source: `${protocol}://…`,
    problem: `${protocol} is not a protocol it reads`,
  });
}

/** `0` and `/dev/video0`, as people type them for OpenCV and ffmpeg: a V4L2 device, unless a file has that name. */
function deviceOf(spec: string): string | undefined {
  if (/^\d{1,3}$/.test(spec) && !existsSync(spec)) return spec;
  // also by its names under /dev/v4l/by-id, which lead there
  const path = spec.startsWith('/dev/') && existsSync(spec) ? realpathSync(spec) : spec;
  return /^\/dev\/video\d+$/.test(path) ? path : undefined;
}

/** True for what gives pictures until it breaks: a camera or a stream, unlike a file, stdin and the demo scene. */
export function isCamera(spec: string): boolean {
  if (deviceOf(spec) !== undefined) return true;
  const [word = ''] = spec.split(':');
  return ['v4l2', 'webcam', ...urls].includes(word.toLowerCase());
}

/** The largest side ffmpeg, JPEG and the cascade kernels all take. */
const maxSide = 16_384;

function checkOptions({ width, height, fps, seed }: SourceOptions): void {
  const check = (
    option: string,
    value: number | undefined,
    legal: (n: number) => boolean,
    expected: string,
  ) => {
    if (value !== undefined && !legal(value)) {
      throw sourceError('FACEPIPE_E_SOURCE_OPTION', { expected, option, value });
    }
  };
  const side = (n: number) => Number.isInteger(n) && n >= 1 && n <= maxSide;
  check('width', width, side, `an integer between 1 and ${maxSide}`);
  check('height', height, side, `an integer between 1 and ${maxSide}`);
  check('fps', fps, (n) => n > 0 && n <= 1000, 'a number of frames a second above 0 and up to 1000');
  check('seed', seed, Number.isSafeInteger, 'an integer');
}
