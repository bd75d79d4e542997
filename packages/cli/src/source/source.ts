import type { Box } from '@facepipe/wire';

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
