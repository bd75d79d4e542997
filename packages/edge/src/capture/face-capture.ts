import type { DetectOptions } from '@facepipe/core';
import { type Clock, expectArgument, expectMembers, FacepipeError, systemClock } from '@facepipe/service';
import { type Box, fillTopic } from '@facepipe/wire';
import { createMotionGate, type MotionGate, type Search } from '../motion/motion-gate.js';
import { searchOf } from '../motion/preview-search.js';
import { type Newest, newest } from '../source/newest.js';
import type { Frame } from '../source/source.js';
import type { FaceIdentity } from '../spool/write-queue.js';
import { ContextFrame } from './context.js';
import { cropFrame, padBox } from './crop.js';
import type { CaptureTotals, FaceCaptureOptions } from './face-capture-options.js';
import { type DetectedFace, detectorText, type FaceDetector, type RejectedFace } from './face-detector.js';
import { type CommonFacts, factsOf } from './face-facts.js';
import { FaceStore } from './face-store.js';
import { isInRegion } from './region.js';
import { type LookedFace, VisitCapture } from './visit-capture.js';
import { type CaptureWatcher, type Seen, type WatchedFace, watchedFaces, watchedFrame } from './watch.js';

/** How often a source that gives no frames is believed to go on without any, ms. */
const idle = 500;
/** Neighbours of a face where nothing is said: OpenCV's default. */
const neighborsByDefault = 3;
/** The same of the step from one size to the next. */
const scaleFactorByDefault = 1.1;
/** The window of most cascades, pixels. */
const smallestFace = 20;

/** The smallest side that is found in frames of this width, pixels. */
function minSide({ minSize = 0 }: DetectOptions, { width: searched }: FaceDetector, width: number): number {
  const side = typeof minSize === 'number' ? minSize : Math.min(minSize.width, minSize.height);
  return Math.max((smallestFace * width) / Math.min(width, searched ?? width), side);
}

/** Turns frames into numbered faces in the spool: one detection in progress at a time, the newest frame next. */
export class FaceCapture {
  readonly #options: FaceCaptureOptions;
  readonly #clock: Clock;
  readonly #frames: Newest<Frame>;
  readonly #stop: AbortSignal;
  readonly #ended = new AbortController();
  readonly #store: FaceStore;
  readonly #visits: VisitCapture;
  readonly #common: CommonFacts;
  #gate: MotionGate | undefined;
  /** In the latest frame that was searched while somebody looked. */
  #watched: readonly WatchedFace[] = [];
  #seen = 0;
  #still = 0;
  #begun = 0;
  /** Of the last frame, ms, and when it came. */
  #time = 0;
  #came = 0;

  /** @throws FACEPIPE_E_TOPIC, FACEPIPE_E_ARGUMENT */
  constructor(options: FaceCaptureOptions, signal: AbortSignal) {
    const text = { topic: 'text', name: 'text' } as const;
    expectMembers('options', options, { ...text, source: 'object', detector: 'object', spool: 'object' });
    expectArgument('signal', signal, 'signal');
    const { detector, detection, name, clock = systemClock, visits, folder, onVisit } = options;
    this.#options = options;
    this.#clock = clock;
    const topic = fillTopic(options.topic, { device: name });
    this.#store = new FaceStore({ ...options, topic, live: options.source.live });
    this.#common = { device: name, detector: detectorText(detector) };
    this.#visits = new VisitCapture({
      ...options,
      visits: {
        confident: detector.threshold,
        padding: options.padding,
        ...visits,
      },
      minNeighbors: detection.minNeighbors ?? neighborsByDefault,
      store: this.#store,
      folder,
      common: this.#common,
      onVisit: (message) => {
        if (message.type === 'begin') this.#begun++;
        onVisit?.(message);
      },
    });
    this.#stop = AbortSignal.any([signal, this.#ended.signal]);
    this.#frames = newest(options.source, this.#stop);
  }

  get totals(): CaptureTotals {
    const { source } = this.#options;
    const skipped = this.#frames.skipped + (source.skipped ?? 0);
    const { corrupt } = source;
    return {
      frames: this.#seen,
      still: this.#still,
      skipped,
      corrupt,
      visits: this.#begun,
      static: this.#visits.static,
      poor: this.#visits.poor,
      ...this.#store.totals,
    };
  }

  /** Visits now. */
  get active(): number {
    return this.#visits.active;
  }

  /** Bytes of pictures that wait to be chosen. */
  get heldBytes(): number {
    return this.#visits.heldBytes;
  }

  /** Why the last face was not kept; undefined once one was. */
  get refusal(): FacepipeError | undefined {
    return this.#store.refusal;
  }

  /** Runs until the source ends, a limit is reached or the signal comes; errors of the source are thrown. */
  async run(): Promise<void> {
    const { frames = Number.POSITIVE_INFINITY, duration } = this.#options;
    await this.#resume();
    const timer =
      duration === undefined
        ? undefined
        : this.#clock.sleep(duration, this.#stop).then(() => this.#ended.abort());
    const idling = this.#idle();
    try {
      for await (const frame of this.#frames) {
        await this.#look(frame);
        this.#seen++;
        if (this.#seen >= frames || this.#store.failure) break;
      }
    } finally {
      this.#ended.abort();
      await Promise.all([timer, idling]);
      const finished = this.#visits.finish(this.#time);
      await this.#store.settle();
      await finished;
    }
    const { failure } = this.#store;
    if (failure) throw failure.reason;
  }

  async #look(frame: Frame): Promise<void> {
    // files of pictures show one moment each, and nobody stays in them
    if (frame.file !== undefined) return this.#lookAlone(frame);
    const { watcher } = this.#options;
    const wanted = watcher?.wanted;
    this.#time = frame.captured.getTime();
    this.#came = this.#clock.elapsed();
    const gate = this.#gateOf(frame);
    const expected = gate ? this.#visits.expected(frame) : [];
    const search = gate && searchOf(gate, frame, expected);
    const quiet = search?.area === 'none' || (search?.area === 'frame' && search.routine);
    this.#options.looks?.note(this.#time, !quiet || wanted !== undefined || expected.length > 0);
    if (search?.area === 'none') {
      this.#still++;
      this.#visits.elapse(this.#time);
      if (wanted) watcher?.show(watchedFrame(frame, true, this.#watched));
      return;
    }
    const whole = frame.whole ? await frame.whole.decode() : frame;
    if (whole) await this.#search(whole, search, wanted);
  }

  async #search(frame: Frame, search: Search | undefined, wanted: CaptureWatcher['wanted']): Promise<void> {
    const { detector, visits } = this.#options;
    const detection = this.#detectionFor(search);
    const areas = search?.area === 'boxes' ? search.boxes : undefined;
    const rejected: RejectedFace[] = [];
    const looking = {
      expected: this.#visits.expected(frame),
      ...(areas && { areas }),
      ...(wanted?.rejected && { onRejected: (face: RejectedFace) => rejected.push(face) }),
    };
    const found = await detector.detect(frame, detection, looking);
    const faces = this.#counting(frame, found);
    await this.#store.room();
    const whole = this.#wholeOf(frame, faces, [...found, ...this.#visits.expected(frame)]);
    const looked = this.#visits.look(frame, faces, whole);
    if (wanted)
      this.#show(frame, { looked, masked: found.filter((face) => !faces.includes(face)), rejected });
    if (visits.send === 'every') {
      const sure = looked.filter((face) => face.sure);
      await this.#sendAll(frame, sure, whole);
    }
  }

  /** To who looks at the frames. */
  #show(frame: Frame, seen: Seen): void {
    this.#watched = watchedFaces(seen);
    this.#options.watcher?.show(watchedFrame(frame, false, this.#watched));
  }

  /** Where nothing happens, twice the step from size to size: half the work for 96 of 100 faces, each second anew. */
  #detectionFor(search: Search | undefined): DetectOptions {
    const { detection } = this.#options;
    const { scaleFactor = scaleFactorByDefault } = detection;
    if (search?.area !== 'frame' || !search.routine) return detection;
    return { ...detection, scaleFactor: 1 + 2 * (scaleFactor - 1) };
  }

  /** Undefined where all frames are searched: each face of each frame is what `every` promises. */
  #gateOf({ width, whole }: Frame): MotionGate | undefined {
    const { motion, visits, detection, detector } = this.#options;
    if (!motion || visits.send === 'every') return undefined;
    const smaller = whole ? whole.width / width : 1;
    this.#gate ??= createMotionGate({ minSize: minSide(detection, detector, width * smaller) / smaller });
    return this.#gate;
  }

  async #lookAlone(frame: Frame): Promise<void> {
    const { detector, detection, watcher } = this.#options;
    const found = await detector.detect(frame, detection);
    const faces = this.#counting(frame, found);
    const looked = faces.map((face) => ({ face, sure: true }));
    if (watcher?.wanted) this.#show(frame, { looked, masked: [], rejected: [] });
    await this.#sendAll(frame, looked, this.#wholeOf(frame, faces, found));
  }

  /** The frame, where it is sent with its faces. @param seen where somebody is, or may be */
  #wholeOf(frame: Frame, faces: readonly Box[], seen: readonly Box[]): ContextFrame | undefined {
    const { context: width, detector, detection, exclude = [] } = this.#options;
    if (width === undefined || faces.length === 0) return undefined;
    return new ContextFrame(frame, seen, { width, detector, detection, exclude });
  }

  /** The faces that are where faces count. */
  #counting(frame: Frame, faces: readonly DetectedFace[]): readonly DetectedFace[] {
    return faces.filter((face) => isInRegion(this.#options, face, frame));
  }

  async #sendAll(frame: Frame, faces: readonly LookedFace[], whole?: ContextFrame): Promise<void> {
    for (const { face, quality, track } of faces) {
      const { neighbors, verify, x, y, width, height } = face;
      const box = { x, y, width, height };
      const known = { box, neighbors, verify, track, quality, role: 'every' } as const;
      const facts = factsOf(this.#common, frame, known);
      await this.#store.room();
      const pixels = cropFrame(frame, padBox(face, this.#options.padding, frame));
      void this.#store.keep(pixels, facts, undefined, whole && (() => whole.contextOf(box)));
    }
  }

  /** Visits end, and their pictures become due, while a camera gives no frames. */
  async #idle(): Promise<void> {
    if (!this.#options.source.live) return;
    while (!this.#stop.aborted) {
      await this.#clock.sleep(idle, this.#stop);
      const silent = this.#clock.elapsed() - this.#came;
      // by the frames' own time, which need not be the clock's
      if (!this.#stop.aborted && this.#time > 0 && silent >= idle) this.#visits.elapse(this.#time + silent);
    }
  }

  /** What an earlier run owed when it was cut off. */
  async #resume(): Promise<void> {
    const { folder, spool, onUnkept, onDamaged } = this.#options;
    try {
      const isStored = ({ stream, seq }: Pick<FaceIdentity, 'stream' | 'seq'>): boolean =>
        stream === spool.stream && seq <= spool.seq;
      const { cutOff, damaged } = await folder.recover(isStored);
      if (damaged > 0) onDamaged?.(damaged);
      for (const { visit, of, ...owed } of cutOff) void this.#visits.resume(visit, owed, of);
    } catch (error) {
      if (error instanceof FacepipeError) throw error;
      onUnkept?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
