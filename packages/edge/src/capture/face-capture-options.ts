import type { DetectOptions } from '@facepipe/core';
import type { Clock, FacepipeError } from '@facepipe/service';
import type { ImageFormat, OutgoingMessage, QoS, VisitMessage } from '@facepipe/wire';
import type { LookRate } from '../motion/look-rate.js';
import type { Source } from '../source/source.js';
import type { Spool } from '../spool/spool.js';
import type { FaceIdentity } from '../spool/write-queue.js';
import type { OwedFolder } from '../visit/owed-folder.js';
import type { VisitsOptions } from '../visit/visits.js';
import type { FaceDetector } from './face-detector.js';
import type { LostFaces, StoreTotals } from './face-store.js';
import type { Region } from './region.js';
import type { CaptureWatcher } from './watch.js';

export interface FaceCaptureOptions extends Region {
  source: Source;
  detector: FaceDetector;
  detection: DetectOptions;
  spool: Pick<Spool, 'append' | 'stream' | 'seq'>;
  name: string;
  /** Topic template; `{name}` or `{device}` is the device. */
  topic: string;
  qos: QoS;
  format: ImageFormat;
  quality: number;
  /** Margin around a box, as a fraction of its size. */
  padding: number;
  /** How visits are told apart, and which pictures of them are sent. */
  visits: VisitsOptions;
  /** Width of the whole frame that is sent with each face, pixels; default: none is. */
  context?: number;
  /** Whether frames in which nothing moves are not searched, but for one a second. */
  motion: boolean;
  /** Told what is seen; the source is asked for so many frames. Default none. */
  looks?: LookRate;
  /** Where the pictures of open visits outlive a crash. */
  folder: OwedFolder;
  /** Who looks at the frames, and at what was seen in them. */
  watcher?: CaptureWatcher;
  /** Most bytes of a message, as things stand; undefined: as many as it takes. */
  limit?: () => number | undefined;
  /** Stop after this many frames, or this many milliseconds. */
  frames?: number;
  duration?: number;
  /** The face is in the spool. */
  onFace?: (face: FaceIdentity, message: OutgoingMessage) => void;
  /** The face is not; told for the first of a row of the same reason. */
  onRefused?: (reason: FacepipeError) => void;
  /** Such a row is over: these faces are lost. */
  onLost?: (lost: LostFaces) => void;
  onVisit?: (message: VisitMessage) => void;
  /** A visit (ULID) ended that never moved nor changed. */
  onStatic?: (visit: string) => void;
  /** A visit (ULID) ended without a picture, as the best one had no more than this quality. */
  onPoor?: (visit: string, quality: number) => void;
  /** The pictures of open visits could not be kept; told for the first of a row. */
  onUnkept?: (error: Error) => void;
  /** Files of pictures that an earlier run owed cannot be read, and are deleted. */
  onDamaged?: (files: number) => void;
  clock?: Clock;
}

export interface CaptureTotals extends StoreTotals {
  /** Frames that were looked at. */
  frames: number;
  /** Of these, frames in which nothing moved: faces were not looked for. */
  still: number;
  /** Frames that a newer one replaced while the detector was busy. */
  skipped: number;
  /** Frames that could not be decoded. */
  corrupt: number;
  /** Visits that began. */
  visits: number;
  /** Visits that never moved nor changed: perhaps pictures on a wall. */
  static: number;
  /** Visits that ended without a picture, as none was good enough. */
  poor: number;
}
