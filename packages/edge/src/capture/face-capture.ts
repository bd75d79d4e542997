import type { DetectOptions } from '@facepipe/core';
import { expectArgument, expectMembers, FacepipeError, systemClock } from '@facepipe/service';
import { type FaceFacts, fillTopic, type ImageFormat, type Pixels, type QoS } from '@facepipe/wire';
import { type Newest, newest } from '../source/newest.js';
import type { Frame, Source } from '../source/source.js';
import type { Spool } from '../spool/spool.js';
import type { FaceIdentity } from '../spool/write-queue.js';
import { cropFrame, padBox } from './crop.js';
import { type DetectedFace, detectorText, type FaceDetector } from './face-detector.js';
import { encodeToFit } from './fit.js';

export interface FaceCaptureOptions {
  source: Source;
  detector: FaceDetector;
  detection: DetectOptions;
  spool: Pick<Spool, 'append'>;
  name: string;
  /** Topic template; `{name}` or `{device}` is the device. */
  topic: string;
  qos: QoS;
  format: ImageFormat;
  quality: number;
  /** Margin around a box, as a fraction of its size. */
  padding: number;
  /** Most bytes of a message, as things stand; undefined: as many as it takes. */
  limit?: () => number | undefined;
  /** Stop after this many frames, or this many milliseconds. */
  frames?: number;
  duration?: number;
  /** The face is in the spool. */
  onFace?: (face: FaceIdentity) => void;
  /** The face is not; told for the first of a row of the same reason. */
  onRefused?: (reason: FacepipeError) => void;
  /** Such a row is over: these faces are lost. */
  onLost?: (lost: LostFaces) => void;
}

/** Faces in a row that could not be kept, by the frames they were in. */
export interface LostFaces {
  faces: number;
  from: number;
  to: number;
  reason: FacepipeError;
}

export interface CaptureTotals {
  /** Frames in which faces were looked for. */
  frames: number;
  /** Frames that a newer one replaced while the detector was busy. */
  skipped: number;
  /** Frames that could not be decoded. */
  corrupt: number;
  /** Faces in the spool, each with an id and a seq of its own. */
  captured: number;
  /** Faces found that could not be kept. */
  refused: number;
  /** Faces made smaller to fit into a message. */
  reduced: number;
}

/** Faces being encoded and stored at a time; beyond it the next frame waits. */
const mostAtOnce = 16;
/** Before a face of a file is tried again, where the disk refused it, ms. */
const pause = 1000;
/** How long the last faces may wait for room in the spool after the last frame, ms. */
const patience = 3000;
const diskErrors = new Set(['FACEPIPE_E_SPOOL_DISK_FULL', 'FACEPIPE_E_SPOOL_FAILED']);

/** Turns frames into numbered faces in the spool: one detection under way at a time, the newest frame next. */
export class FaceCapture {
  readonly #options: FaceCaptureOptions;
  readonly #topic: string;
  readonly #frames: Newest<Frame>;
  readonly #stop: AbortSignal;
  readonly #ended = new AbortController();
  /** What has no room now is refused. */
  readonly #hurry = new AbortController();
  readonly #storing = new Set<Promise<void>>();
  #seen = 0;
  #captured = 0;
  #refused = 0;
  #reduced = 0;
  #refusal: FacepipeError | undefined;
  #failure: { reason: unknown } | undefined;
  #lost: LostFaces | undefined;

  /** @throws FACEPIPE_E_TOPIC */
  constructor(options: FaceCaptureOptions, signal: AbortSignal) {
    const text = { topic: 'text', name: 'text' } as const;
    expectMembers('options', options, { ...text, source: 'object', detector: 'object', spool: 'object' });
    expectArgument('signal', signal, 'signal');
    this.#options = options;
    this.#topic = fillTopic(options.topic, { device: options.name });
    this.#stop = AbortSignal.any([signal, this.#ended.signal]);
    this.#frames = newest(options.source, this.#stop);
  }

  get totals(): CaptureTotals {
    const { source } = this.#options;
    const skipped = this.#frames.skipped + (source.skipped ?? 0);
    const [captured, refused, reduced] = [this.#captured, this.#refused, this.#reduced];
    return { frames: this.#seen, skipped, corrupt: source.corrupt, captured, refused, reduced };
  }

  /** Why the last face was not kept; undefined once one was. */
  get refusal(): FacepipeError | undefined {
    return this.#refusal;
  }

  /** Runs until the source ends, a limit is reached or the signal comes; errors of the source are thrown. */
  async run(): Promise<void> {
    const { frames = Number.POSITIVE_INFINITY, duration } = this.#options;
    const timer =
      duration === undefined
        ? undefined
        : systemClock.sleep(duration, this.#stop).then(() => this.#ended.abort());
    try {
      for await (const frame of this.#frames) {
        await this.#look(frame);
        this.#seen++;
        if (this.#seen >= frames || this.#failure) break;
      }
    } finally {
      this.#ended.abort();
      const late = systemClock.sleep(patience, this.#hurry.signal).then(() => this.#hurry.abort());
      await Promise.all([timer, ...this.#storing]);
      this.#hurry.abort();
      await late;
      this.#tellLost();
    }
    if (this.#failure) throw this.#failure.reason;
  }

  async #look(frame: Frame): Promise<void> {
    const { detector, detection, padding } = this.#options;
    const faces = await detector.detect(frame, detection);
    for (const face of faces) {
      while (this.#storing.size >= mostAtOnce) await Promise.race(this.#storing);
      const pixels = cropFrame(frame, padBox(face, padding, frame));
      const storing = this.#store(pixels, this.#factsOf(frame, face)).catch((reason) => {
        this.#failure ??= { reason };
      });
      this.#storing.add(storing);
      void storing.then(() => this.#storing.delete(storing));
    }
  }

  #factsOf(frame: Frame, face: DetectedFace): Omit<FaceFacts, keyof FaceIdentity> {
    const { neighbors, verify, x, y, width, height } = face;
    const { detector, name } = this.#options;
    return {
      device: name,
      captured: frame.captured,
      frame: frame.number,
      frameSize: { width: frame.width, height: frame.height },
      box: { x, y, width, height },
      neighbors,
      ...(verify !== undefined && { verify }),
      detector: detectorText(detector),
    };
  }

  async #store(pixels: Pixels, facts: Omit<FaceFacts, keyof FaceIdentity>): Promise<void> {
    const { spool, source, limit, onFace, onRefused } = this.#options;
    for (;;) {
      let reduced = false;
      const encode = async (identity: FaceIdentity) => {
        const fitted = await encodeToFit(
          pixels,
          { ...facts, ...identity },
          { ...this.#options, topic: this.#topic, limit: limit?.() },
        );
        reduced = fitted.reduced;
        return fitted.message;
      };
      try {
        const face = await spool.append(encode, this.#hurry.signal);
        this.#captured++;
        if (reduced) this.#reduced++;
        this.#refusal = undefined;
        this.#tellLost();
        onFace?.(face);
        return;
      } catch (error) {
        if (!(error instanceof FacepipeError)) throw error;
        if (error.code !== this.#refusal?.code) onRefused?.(error);
        this.#refusal = error;
        // a file waits for room on the disk; a camera goes on
        if (source.live || this.#hurry.signal.aborted || !diskErrors.has(error.code)) break;
        await systemClock.sleep(pause, this.#hurry.signal);
      }
    }
    this.#refused++;
    this.#lose(facts.frame);
  }

  #lose(frame: number): void {
    const reason = this.#refusal;
    if (!reason) return;
    if (this.#lost?.reason.code !== reason.code) this.#tellLost();
    const { faces, from, to } = this.#lost ?? { faces: 0, from: frame, to: frame };
    this.#lost = { faces: faces + 1, from: Math.min(from, frame), to: Math.max(to, frame), reason };
  }

  #tellLost(): void {
    if (this.#lost) this.#options.onLost?.(this.#lost);
    this.#lost = undefined;
  }
}
