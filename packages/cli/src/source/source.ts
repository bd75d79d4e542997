import type { Box } from '@facepipe/wire';
import { sourceError } from './error.js';
import { ffmpegSource } from './ffmpeg.js';
import { fileSource } from './file.js';
import { mjpegSource } from './mjpeg.js';
import { demoScene } from './scene.js';
import { webcamSource } from './webcam.js';

/** One picture of a source, upright. The buffer is the receiver's: no source touches it again. */
export interface Frame {
  /** Interleaved, row-major, `width * height * (format === 'gray' ? 1 : 3)` bytes. */
  data: Uint8Array;
  width: number;
  height: number;
  format: 'gray' | 'rgb';
  /** 1, 2, 3 … within the source. */
  number: number;
  /** When the frame came out of the camera or the decoder. */
  captured: Date;
  /** Where a frontal face box lies; the demo scene only. */
  truth?: readonly Box[];
  /** The file the frame was decoded from; image files only. */
  file?: string;
}

export interface Source {
  /** For logs: no user name, password or query. */
  readonly name: string;
  /** True: the newest frame wins, read it through `newest`. False: every frame counts. */
  readonly live: boolean;
  /** Pictures that could not be decoded so far. */
  readonly corrupt: number;
  /**
   * The frames, once per call. Ends without an error when `signal` is aborted; releases its programs and files when
   * the loop over it is left.
   * @throws FacepipeError with exit 3 when the source fails.
   */
  frames(signal: AbortSignal): AsyncIterable<Frame>;
}

export interface SourceOptions {
  /** Pixels. Asked of the camera, ffmpeg and the demo scene; pictures in files and on stdin keep their size. */
  width?: number;
  height?: number;
  /** Frames a second. The demo scene's default is 10; others deliver their own rate. */
  fps?: number;
  /** Of the demo scene. Default 1. */
  seed?: number;
  /**
   * True: paced like a camera, newest frame wins. False: as fast as it is read, every frame counts.
   * Default: true for demo, webcam and URLs, false for files and stdin.
   */
  realtime?: boolean;
  /** Default `process.stdin`. */
  stdin?: NodeJS.ReadableStream;
  /** Told, in one line, about what was skipped or does not apply. */
  onWarning?: (message: string) => void;
}

const scheme = /^([a-z][a-z0-9+.-]+):\/\//i;
const urls: ReadonlySet<string> = new Set(['rtsp', 'rtsps', 'http', 'https']);

/**
 * Opens what `--source` names: `demo`, `webcam` or `webcam:DEVICE`, an `rtsp`, `rtsps`, `http` or `https` URL, `-` for
 * MJPEG on stdin, or the path of an image, a video, a folder of images, or a glob.
 * @throws FacepipeError exit 2 for a malformed spec or option, exit 3 for a source that is not there.
 */
export async function openSource(spec: string, options: SourceOptions = {}): Promise<Source> {
  checkOptions(options);
  if (spec === 'demo') return demoScene(options);
  if (spec === '-') return mjpegSource(options);
  if (spec === 'webcam' || spec.startsWith('webcam:'))
    return webcamSource(spec.slice('webcam:'.length), options);
  if (spec.startsWith('v4l2:')) {
    throw sourceError('FACEPIPE_E_SOURCE_V4L2', { source: spec, device: spec.slice(5) || '/dev/video0' });
  }
  const protocol = scheme.exec(spec)?.[1];
  if (protocol === undefined) return fileSource(spec, options);
  if (urls.has(protocol.toLowerCase())) return ffmpegSource(spec, options);
  throw sourceError('FACEPIPE_E_SOURCE_SPEC', {
    source: `${protocol}://…`,
    problem: `${protocol} is not a protocol it reads`,
  });
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
