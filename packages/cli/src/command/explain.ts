import type { Face } from '@facepipe/core';
import {
  type DetectedFace,
  isInRegion,
  type OpenFaceDetector,
  openFaceDetector,
  type Region,
  type RejectedFace,
} from '@facepipe/edge/detect';
import { type Frame, fileSource, inputsOf, type Source } from '@facepipe/edge/source';
import { type ExplainedFrame, ExplainedVisits, type LeftOut, overlap } from '@facepipe/edge/visit';
import { Closing, systemClock } from '@facepipe/service';
import type { Box } from '@facepipe/wire';
import { AlreadyReported, cliError } from '../cli-error.js';
import type { CommandOptions } from '../parse/command.js';
import { ExplainCount, explainHead, explainJson, explainRows, explainSummary } from '../print/explain.js';
import { cameraDefaults, type Detection, readDetection, regionOptions, visitOptions } from './detection.js';
import { expectVideo, FateVideo } from './explain-video.js';
import type { Session } from './session.js';

/** Boxes that share more than this are the same thing, as where candidates of cascades are joined. */
const same = 0.3;

function clipOf(files: readonly string[]): string {
  const [clip, more] = files;
  if (clip !== undefined && more === undefined) return clip;
  const problem = `Expected one clip but received ${files.length === 0 ? 'none' : files.length}`;
  throw cliError('FACEPIPE_E_USAGE', { problem, command: 'explain ' });
}

/**
 * Frames with times. Those of images are when they were read, which says nothing: theirs are made of a rate.
 * @param fps of images and MJPEG
 */
async function* timedFrames(source: Source, fps: number, signal: AbortSignal): AsyncGenerator<Frame> {
  const opened = systemClock.now();
  let ownTimes: boolean | undefined;
  for await (const frame of source.frames(signal)) {
    ownTimes ??= frame.captured.getTime() < opened;
    yield ownTimes ? frame : { ...frame, captured: new Date(opened + ((frame.number - 1) * 1000) / fps) };
  }
}

/** Detection that says what it left out. */
class ExplainedDetection {
  readonly #looking: Detection;
  readonly #region: Region;
  readonly #closing = new Closing();
  readonly #rejected: RejectedFace[] = [];
  #detector: OpenFaceDetector | undefined;
  /** The same cascades, to see what has too few neighbours. */
  #doubtful: OpenFaceDetector | undefined;

  constructor(looking: Detection, region: Region) {
    this.#looking = looking;
    this.#region = region;
  }

  /** Returns the score from which on the network has seen a face, where one is asked. */
  async open(): Promise<number | undefined> {
    const { detector, detection } = this.#looking;
    this.#detector = this.#closing.add(await openFaceDetector(detector, (face) => this.#rejected.push(face)));
    const { verify: _, ...cascades } = detector;
    if ((detection.minNeighbors ?? 0) > 1)
      this.#doubtful = this.#closing.add(await openFaceDetector(cascades));
    return this.#detector.threshold;
  }

  async look(
    frame: Frame,
    expected: readonly Box[],
  ): Promise<{ faces: readonly DetectedFace[]; leftOut: LeftOut[] }> {
    const { detection } = this.#looking;
    this.#rejected.length = 0;
    const found = (await this.#detector?.detect(frame, detection, { expected })) ?? [];
    const faces = found.filter((face) => isInRegion(this.#region, face, frame));
    const masked = found.filter((face) => !faces.includes(face));
    const seen: readonly Face[] = [...found, ...this.#rejected];
    const doubtful = (await this.#doubtful?.detect(frame, { ...detection, minNeighbors: 1 })) ?? [];
    const few = doubtful.filter((face) => !seen.some((other) => overlap(face, other) > same));
    return {
      faces,
      leftOut: [
        ...masked.map((face) => ({ face, fate: 'masked' as const, why: 'where faces do not count' })),
        ...this.#rejected.map((face) => ({
          face,
          fate: 'below-threshold' as const,
          why: this.#whyRejected(face),
        })),
        ...few.map((face) => ({
          face,
          fate: 'below-threshold' as const,
          why: `neighbours ${face.neighbors}, needs more than ${detection.minNeighbors}`,
        })),
      ],
    };
  }

  #whyRejected({ verify }: RejectedFace): string {
    if (verify === undefined) return 'too many candidates to ask about it';
    if (verify === 0) return 'the network sees no face';
    return `score ${verify.toFixed(2)} of ${(this.#detector?.threshold ?? 0).toFixed(2)}`;
  }

  async close(): Promise<void> {
    await this.#closing.close();
  }
}

/** Prints explained frames as they come. */
class Report {
  readonly #session: Session;
  readonly #count = new ExplainCount();
  readonly #columns = process.stdout.columns;
  #start: number | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  print(frames: readonly ExplainedFrame[]): void {
    const { json, out } = this.#session;
    for (const frame of frames) {
      if (this.#start === undefined && !json) out(explainHead(this.#columns));
      this.#start ??= frame.captured.getTime();
      this.#count.add(frame);
      if (json) out(explainJson(frame, this.#start));
      else for (const line of explainRows(frame, this.#start, this.#columns)) out(line);
    }
  }

  end(): void {
    const { json, out } = this.#session;
    if (this.#start !== undefined) out(explainSummary(this.#count.totals, json));
  }

  get explained(): number {
    return this.#count.totals.frames;
  }
}

/** Says of each candidate in a clip what became of it: a table or JSON Lines on stdout, and a film. */
export async function explain(
  options: CommandOptions<'explain'>,
  files: string[],
  session: Session,
): Promise<void> {
  const { log, signal } = session;
  const clip = clipOf(files);
  const looking = await readDetection(options, cameraDefaults);
  const source = await fileSource(clip, { onWarning: (message) => log.warn(message) });
  let video: FateVideo | undefined;
  if (options.video !== undefined) {
    await expectVideo(options.video, await inputsOf([clip]));
    video = new FateVideo(options.video, await fileSource(clip, {}));
  }
  const detection = new ExplainedDetection(looking, regionOptions(options));
  const report = new Report(session);
  let visits: ExplainedVisits | undefined;
  let read = 0;
  session.begin({});
  // on a terminal the table would tear it
  if (!process.stdout.isTTY)
    session.progress.start(() => `${read} frames read, ${report.explained} explained`);
  try {
    const confident = await detection.open();
    visits = new ExplainedVisits({ confident, ...visitOptions(options) }, looking.detection.minNeighbors);
    for await (const frame of timedFrames(source, options.fps, signal)) {
      read = frame.number;
      const { faces, leftOut } = await detection.look(frame, visits.expected(frame));
      const explained = visits.look(frame, faces, leftOut);
      report.print(explained);
      await video?.add(frame.captured.getTime(), explained);
    }
  } finally {
    // what was read before a clip broke off is explained too
    const rest = visits?.finish() ?? [];
    report.print(rest);
    report.end();
    await detection.close();
    await video?.finish(rest);
  }
  if (source.corrupt === 0) return;
  const failure = cliError('FACEPIPE_E_PICTURES', { source: clip, count: source.corrupt });
  log.error(failure.message);
  throw new AlreadyReported(failure);
}
