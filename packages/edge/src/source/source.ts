import type { Image } from '@facepipe/core';
import type { Box, Size } from '@facepipe/wire';
import type { Login } from './address.js';

/** What sources give, of the formats that a detector takes. Colours of cameras' own are BT.601 in the limited range. */
export type FrameFormat = Extract<Image['format'], 'gray' | 'rgb' | 'yuyv' | 'nv12' | 'i420'>;

/** A face that is known to be in a frame: the part of its box within the frame, where a third of it is to be seen. */
export interface TrueFace extends Box {
  /** Whose: 1, 2, 3 … in the order in which they come. */
  visit: number;
  /** Whole, from the front, uncovered and in focus: a detector is to find it. */
  clear: boolean;
}

/** One picture of a source, upright. The buffer is the receiver's: no source touches it again. */
export interface Frame extends Image {
  data: Uint8Array;
  format: FrameFormat;
  /** 1, 2, 3 … within the source. */
  number: number;
  /**
   * When the frame came out of the camera, by the driver's clock where there is one, or out of the decoder. Of a video
   * file it is when the film began (see `beginningOf`) and the frame's position in it.
   */
  captured: Date;
  /** The driver's count of frames; v4l2 only. */
  sequence?: number;
  /** The faces in it; the demo scene only. */
  truth?: readonly TrueFace[];
  /** As the camera compressed it; sources of JPEGs only. */
  jpeg?: Uint8Array;
  /** The file the frame was decoded from; image files only. */
  file?: string;
  /** Which picture of the file, from 1; files of several only. */
  page?: number;
  /** The picture that this is a preview of; only where `previews` are asked for. */
  whole?: Whole;
}

/** A picture that is decoded only where it is wanted. */
interface Whole extends Size {
  /** Undefined where it cannot be decoded, which then counts as corrupt. */
  decode(): Promise<Frame | undefined>;
}

export interface Source {
  /** For logs: no user name, password or query. */
  readonly name: string;
  /** True: the newest frame wins, read it through `newest`. False: every frame counts. */
  readonly live: boolean;
  /** Pictures that could not be decoded so far. */
  readonly corrupt: number;
  /** Pictures the camera's driver lost, as nobody took them in time; v4l2 only. */
  readonly dropped?: number;
  /** Pictures a newer one replaced within the source. */
  readonly skipped?: number;
  /**
   * The frames, once per call. Ends without an error when `signal` is aborted; releases its programs and files when
   * the loop over it is left.
   * @throws FacepipeError with exit 3 when the source fails.
   */
  frames(signal: AbortSignal): AsyncIterable<Frame>;
}

/** One `--control NAME=VALUE`. */
export interface ControlSetting {
  name: string;
  value: string;
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
   * Default: true for demo, cameras and URLs, false for files and stdin.
   */
  realtime?: boolean;
  /**
   * Of live sources of JPEGs, pictures a second at most, or what says how many, asked before each. What is too much is
   * not decoded. Unless `width` or `height` is given they are previews, an eighth as wide and as high, which cost a
   * fraction. Default: all, in full.
   */
  previews?: number | (() => number);
  /** For URLs, in place of the one in the URL. */
  login?: Login;
  /** Settings of the camera; v4l2 only. */
  controls?: readonly ControlSetting[];
  /** Milliseconds without a picture after which a webcam's program is ended; webcam only. Default 5000. */
  stall?: number;
  /** Default `process.stdin`. */
  stdin?: NodeJS.ReadableStream;
  /** Told, in one line, about what was skipped or does not apply. */
  onWarning?: (message: string) => void;
}
