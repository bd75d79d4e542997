import { join } from 'node:path';
import { cropFrame } from '@facepipe/edge/capture/crop';
import { appearanceOf } from '@facepipe/edge/visit/appearance';
import { createChoice } from '@facepipe/edge/visit/choice';
import type { PictureRole } from '@facepipe/edge/visit/choice-event';
import { measureQuality, type Quality } from '@facepipe/edge/visit/quality';
import { createTracker, type TrackerUpdate } from '@facepipe/edge/visit/tracker';
import type { Box, Pixels, Size } from '@facepipe/wire';
import { type Frame, openSource } from 'facepipe';
import type { Finder, Found, FoundFaces } from './visit-found.js';
import type { RuledLook } from './visit-rules.js';

/** A look at a face of a visit, with all that a picture of it would have. */
export interface SeenLook extends RuledLook {
  parts: Quality['parts'];
  /** Seconds into the film. */
  time: number;
  pixels: Pixels;
}

/** A visit as the tracker sees it. */
export interface SeenVisit {
  id: number;
  looks: SeenLook[];
  /** Seconds into the film: the first look, when it was confirmed, and when it was over. */
  first: number;
  begun: number;
  over: number;
}

export interface SentPicture {
  visit: number;
  role: PictureRole;
  /** Seconds into the film. */
  sent: number;
  look: SeenLook;
}

export interface ClipRun {
  frame: Size;
  frames: number;
  visits: SeenVisit[];
  sent: SentPicture[];
}

/** The part of a box that is in the frame, in whole pixels; undefined where that is next to nothing. */
function visible({ x, y, width, height }: Box, frame: Size): Box | undefined {
  const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
  const right = Math.min(frame.width, Math.round(x + width));
  const bottom = Math.min(frame.height, Math.round(y + height));
  return right - left < 8 || bottom - top < 8
    ? undefined
    : { x: left, y: top, width: right - left, height: bottom - top };
}

/** One clip through source, detection, tracker and choice, with the defaults, each frame once, in the film's time. */
export async function runClip(
  folder: string,
  file: string,
  finder: Finder,
  known: FoundFaces,
  every = 1,
): Promise<ClipRun> {
  const source = await openSource(join(folder, file));
  const tracker = createTracker();
  const choice = createChoice<SeenLook>();
  const visits = new Map<number, SeenVisit>();
  const run: ClipRun = { frame: { width: 0, height: 0 }, frames: 0, visits: [], sent: [] };
  let start: number | undefined;
  let last = 0;

  function decide(time: number, update: TrackerUpdate, looks: readonly (SeenLook | undefined)[]): void {
    const seconds = (time - (start ?? time)) / 1000;
    const candidates = update.faces.flatMap((face, i) => {
      const look = looks[i];
      if (!face || !look) return [];
      const visit = visits.get(face.id) ?? {
        id: face.id,
        looks: [],
        first: seconds,
        begun: Number.NaN,
        over: 0,
      };
      visits.set(face.id, visit);
      visit.looks.push(look);
      return look.confidence >= 0.5 ? [{ face, quality: look.quality, picture: look }] : [];
    });
    for (const event of choice.update(time, update, candidates)) {
      const visit = visits.get(event.visit);
      if (event.type === 'picture')
        run.sent.push({ visit: event.visit, role: event.role, sent: seconds, look: event.picture });
      else if (visit) visit[event.type === 'begin' ? 'begun' : 'over'] = seconds;
    }
  }

  for await (const frame of source.frames(new AbortController().signal)) {
    const index = run.frames++;
    const time = frame.captured.getTime();
    start ??= time;
    last = time;
    run.frame = { width: frame.width, height: frame.height };
    if (index % every > 0) continue;
    const found = await known.of(index, () => finder.find(frame, tracker.expected(time)));
    const faces = found.flatMap((face) => {
      const inside = visible(face.box, frame);
      return inside ? [{ face, crop: cropFrame(frame, inside) }] : [];
    });
    const detections = faces.map(({ face, crop }) => ({ ...face, appearance: appearanceOf(crop) }));
    const update = tracker.update({ time, width: frame.width, height: frame.height, detections });
    const looks = faces.map(({ face, crop }, i): SeenLook | undefined => {
      const tracked = update.faces[i];
      return tracked && lookOf(frame, index, (time - (start ?? time)) / 1000, face, crop, tracked.speed);
    });
    decide(time, update, looks);
  }
  known.save();
  decide(last, tracker.finish(), []);
  run.visits = [...visits.values()].filter(({ begun }) => !Number.isNaN(begun));
  return run;
}

function lookOf(
  frame: Frame,
  index: number,
  time: number,
  { box, confidence, landmarks }: Found,
  pixels: Pixels,
  speed: number,
): SeenLook {
  const context = { box, confidence, frame: { width: frame.width, height: frame.height }, speed };
  const { score, parts } = measureQuality(pixels, { ...context, ...(landmarks && { landmarks }) });
  return { frame: index, time, box, confidence, quality: score, parts, pixels };
}
