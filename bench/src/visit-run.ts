import { join } from 'node:path';
import { type ChoiceEvent, type FoundFace, type VisitPicture, Visits } from '@facepipe/edge/visit';
import type { Box, PictureRole, Size } from '@facepipe/wire';
import { type Frame, openSource } from 'facepipe';
import type { Finder, FoundFaces } from './visit-found.js';

/** A look at a face of a visit. */
export interface SeenLook {
  /** From 0. */
  frame: number;
  picture: VisitPicture;
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
  visits: SeenVisit[];
  sent: SentPicture[];
}

/** One clip through source, detection, tracker and choice, with the defaults, in the film's time. */
export async function runClip(
  folder: string,
  file: string,
  finder: Finder,
  known: FoundFaces,
  every = 1,
): Promise<ClipRun> {
  const find: Find = (frame, number, expected) => known.of(number, () => finder.find(frame, expected));
  const run = await followClip(folder, file, find, every);
  known.save();
  return run;
}

/**
 * The faces of a frame, counted from 0; undefined where nobody looked. `unsure` are faces of the last search that may
 * become visits.
 */
export type Find = (
  frame: Frame,
  number: number,
  expected: readonly Box[],
  unsure: readonly Box[],
) => Promise<FoundFace[] | undefined>;

/** The same with faces found in any way. */
export async function followClip(folder: string, file: string, find: Find, every = 1): Promise<ClipRun> {
  const source = await openSource(join(folder, file));
  const visits = new Visits();
  const seen = new Map<number, SeenVisit>();
  const run: ClipRun = { frame: { width: 0, height: 0 }, visits: [], sent: [] };
  let index = 0;
  let start: number | undefined;
  let last = 0;
  let unsure: Box[] = [];
  const seconds = (time: number) => (time - (start ?? time)) / 1000;

  function note(events: readonly ChoiceEvent<VisitPicture>[], time: number): void {
    for (const event of events) {
      const visit = seen.get(event.visit);
      const at = seconds(time);
      if (event.type === 'picture') {
        const { visit, role, picture } = event;
        run.sent.push({ visit, role, sent: at, look: { frame: picture.frame.number - 1, picture } });
      } else if (visit) visit[event.type === 'begin' ? 'begun' : 'over'] = at;
    }
  }

  for await (const frame of source.frames(new AbortController().signal)) {
    const number = index++;
    const time = frame.captured.getTime();
    start ??= time;
    last = time;
    run.frame = { width: frame.width, height: frame.height };
    if (number % every > 0) continue;
    const found = await find(frame, number, visits.expected(time), unsure);
    if (!found) continue;
    const { events, looks } = visits.look(frame, found);
    for (const { face, picture } of looks) {
      const first = { id: face.id, looks: [], first: seconds(time), begun: Number.NaN, over: 0 };
      const visit: SeenVisit = seen.get(face.id) ?? first;
      visit.looks.push({ frame: number, picture });
      seen.set(face.id, visit);
    }
    unsure = looks.filter(({ face }) => !face.confirmed).map(({ picture }) => picture.box);
    note(events, time);
  }
  note(visits.finish(last), last);
  run.visits = [...seen.values()].filter(({ begun }) => !Number.isNaN(begun));
  return run;
}
