import type { DetectOptions } from '@facepipe/core';
import { argumentError, expectMembers } from '@facepipe/service';
import type { ImageFormat, LinkOptions, QoS } from '@facepipe/wire';
import type { LookRate } from '../motion/look-rate.js';
import type { Source } from '../source/source.js';
import type { SpoolOptions } from '../spool/spool.js';
import type { VisitsOptions } from '../visit/visits.js';
import type { CaptureEvent } from './capture-event.js';
import type { FaceDetector } from './face-detector.js';
import { expectPolygons, type Region } from './region.js';
import type { CaptureWatcher } from './watch.js';

/** A broker that every face is published to. */
export interface CaptureBroker {
  /**
   * The name its claims are kept under in the spool; default its URL without userinfo. Give one where a port changes.
   */
  name?: string;
  /** Where it is, and how to log in. Default `clientId`: made of a secret in the spool, so that nobody can guess it. */
  link: LinkOptions;
}

export interface CaptureOptions extends Region {
  /** As `openSource` gives it. It is read until its end; nothing else is done with it. */
  source: Source;
  /** As `createFaceDetector` gives it, or `createDetector` of @facepipe/core with `worker`; `stop` leaves it open. */
  detector: FaceDetector;
  /** Default: OpenCV's own, see `DetectOptions`. */
  detection?: DetectOptions;
  /** The device. */
  name: string;
  /** Of your program, as its status says. */
  version: string;
  /**
   * The folder where faces wait for their brokers, made where it is missing. Defaults: `maxBytes` 1e9, `ttl` a week in
   * milliseconds, `full` `drop-oldest` for a live source and `stop` for others, which can wait.
   */
  spool: { folder: string } & Partial<Pick<SpoolOptions, 'maxBytes' | 'ttl' | 'full'>>;
  /** One or more. */
  brokers: readonly CaptureBroker[];
  /** When a face leaves the spool: the broker acknowledged it, or the sink's receipt came. Default `acked`. */
  until?: 'acked' | 'stored';
  /** Milliseconds until a face without its receipt is published again. Default 60,000. */
  receiptTimeout?: number;
  /** Fraction of what is in flight for the backlog while new ones wait, 0 to 1. Default 0.5. */
  backlogShare?: number;
  /** Template of the faces' topic. Default `facepipe/{device}/faces`. */
  topic?: string;
  /** Default 1. */
  qos?: QoS;
  /** Default `png`. */
  format?: ImageFormat;
  /** Of JPEG and WebP, 1 to 100. Default 90. */
  quality?: number;
  /** Margin around a box, as a fraction of its size. Default 0.3, which has hair, chin and ears in the picture. */
  padding?: number;
  /**
   * With each picture of a face also send the whole frame, this wide at most, 1 or more pixels, in which other faces
   * and excluded areas are pixelated; default: none.
   */
  context?: number;
  /**
   * How visits are told apart, and which of their pictures are sent: default the best of each, see `VisitsOptions`. Of
   * files of images every face is sent, for nobody stays in them.
   */
  visits?: Omit<VisitsOptions, 'padding'>;
  /**
   * Whether frames in which nothing moves are not searched, but for one a second, and around visits. Default: of live
   * sources. With the visits' `send: 'every'` all are.
   */
  motion?: boolean;
  /** Told what is seen, for a source that has its `perSecond` as `previews`; default none. */
  looks?: LookRate;
  /** Most bytes of a message, where no broker takes fewer; default 8 MiB. */
  maxMessage?: number;
  /** Ends after this many frames, or this many milliseconds; default: with the source. */
  frames?: number;
  duration?: number;
  /** Milliseconds without a frame after which a camera is opened again, for ever; default: its end is the end. */
  stall?: number;
  /** Who looks at the frames while the capture runs, as a page does. Default nobody. */
  watcher?: CaptureWatcher;
  /** Must not throw. */
  onEvent?: (event: CaptureEvent) => void;
}

const members = {
  source: 'object',
  detector: 'object',
  name: 'text',
  version: 'text',
  spool: 'object',
  brokers: 'list',
  topic: 'text?',
  maxMessage: 'number?',
  context: 'number?',
  stall: 'number?',
  motion: 'boolean?',
  looks: 'object?',
  watcher: 'object?',
  onEvent: 'function?',
} as const;

/** @throws FACEPIPE_E_ARGUMENT */
export function checkCaptureOptions(options: CaptureOptions): void {
  expectMembers('options', options, members);
  if (options.brokers.length === 0) throw argumentError('one broker or more', 'options.brokers', 'none');
  const { context = 1 } = options;
  if (!(Number.isInteger(context) && context >= 1))
    throw argumentError('a whole number from 1', 'options.context', String(context));
  for (const name of ['include', 'exclude'] as const)
    if (options[name] !== undefined) expectPolygons(`options.${name}`, options[name]);
  for (const broker of options.brokers) expectMembers('options.brokers[]', broker, { link: 'object' });
}
