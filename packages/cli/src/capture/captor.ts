import type { DetectOptions, Detector, Face } from '@facepipe/core';
import {
  encodeFace,
  encodeImage,
  type FaceFacts,
  fillTopic,
  type ImageFormat,
  newId,
  type QoS,
  systemClock,
} from '@facepipe/wire';
import { type Newest, newest } from '../source/newest.js';
import type { Frame, Source } from '../source/source.js';
import { cropFrame, padBox } from './crop.js';
import { imageOf } from './luma.js';
import type { Publisher } from './publisher.js';

export interface CaptorOptions {
  source: Source;
  detector: Detector;
  detection: DetectOptions;
  publisher: Publisher;
  name: string;
  /** Topic template; `{name}` or `{device}` is the device. */
  topic: string;
  qos: QoS;
  format: ImageFormat;
  quality: number;
  /** Margin around a box, as a fraction of its size. */
  padding: number;
  /** Stop after this many frames, or this many milliseconds. */
  frames?: number;
  duration?: number;
  onFace?: (facts: FaceFacts, frame: Frame) => void;
}

export interface CaptureTotals {
  /** Frames in which faces were looked for. */
  frames: number;
  /** Frames that a newer one replaced while the detector was busy. */
  skipped: number;
  /** Frames that could not be decoded. */
  corrupt: number;
  /** Faces found, each with an id and a seq of its own. */
  captured: number;
}

/** Turns frames into numbered faces in the publisher: one detection under way at a time, the newest frame next. */
export class Captor {
  readonly #options: CaptorOptions;
  readonly #frames: Newest<Frame>;
  readonly #stop: AbortSignal;
  readonly #ended = new AbortController();
  /** Names this run's numbering; `seq` counts 1, 2, 3 … within it. */
  readonly stream = newId();
  #seq = 0;
  #seen = 0;

  constructor(options: CaptorOptions, signal: AbortSignal) {
    this.#options = options;
    this.#stop = AbortSignal.any([signal, this.#ended.signal]);
    this.#frames = newest(options.source, this.#stop);
  }

  get totals(): CaptureTotals {
    const skipped = this.#frames.skipped + (this.#options.source.skipped ?? 0);
    return { frames: this.#seen, skipped, corrupt: this.#options.source.corrupt, captured: this.#seq };
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
        if (this.#seen >= frames) break;
      }
    } finally {
      this.#ended.abort();
      await timer;
    }
  }

  async #look(frame: Frame): Promise<void> {
    const faces = await this.#options.detector.detect(imageOf(frame), this.#options.detection);
    for (const face of faces) await this.#accept(frame, face);
  }

  async #accept(frame: Frame, face: Face): Promise<void> {
    const { detector, publisher, name, topic, qos, format, quality, padding, onFace } = this.#options;
    const { neighbors, x, y, width, height } = face;
    const facts: FaceFacts = {
      id: newId(),
      device: name,
      stream: this.stream,
      seq: ++this.#seq,
      captured: frame.captured,
      frame: frame.number,
      frameSize: { width: frame.width, height: frame.height },
      box: { x, y, width, height },
      neighbors,
      detector: `${detector.cascade} ${detector.engine}`,
    };
    const pixels = cropFrame(frame, padBox(facts.box, padding, frame));
    const image = await encodeImage(pixels, facts, { format, quality });
    onFace?.(facts, frame);
    await publisher.add(
      encodeFace(fillTopic(topic, { device: name }), facts, image, `image/${format}`, qos),
      this.#stop,
    );
  }
}
