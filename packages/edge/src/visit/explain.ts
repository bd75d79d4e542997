import type { Box, Size } from '@facepipe/wire';
import type { DetectedFace, RejectedFace } from '../capture/face-detector.js';
import type { Frame } from '../source/source.js';
import type { ChoiceEvent } from './choice-event.js';
import { type ExplainedCandidate, type ExplainedLook, type FinishedTrack, fateOf } from './explain-fate.js';
import { foundFace } from './found-face.js';
import { type FoundFace, type LookedAt, type VisitPicture, Visits, type VisitsOptions } from './visits.js';

/** A candidate that detection left out, and why. */
export interface LeftOut {
  face: RejectedFace;
  fate: 'masked' | 'below-threshold';
  why: string;
}

/** A frame whose candidates' fates are all known. */
export interface ExplainedFrame extends Size {
  /** As the frame's. */
  number: number;
  captured: Date;
  file?: string;
  page?: number;
  /** From the top down, then from the left. */
  candidates: ExplainedCandidate[];
}

interface OpenTrack {
  looks: ExplainedLook[];
  visit: boolean;
  still: boolean;
  begin: number;
  end: number;
}

interface OpenFrame extends Omit<ExplainedFrame, 'candidates'> {
  known: ExplainedCandidate[];
  /** How many candidates' fates are not known yet. */
  unknown: number;
}

const boxOf = ({ x, y, width, height }: RejectedFace) => ({ x, y, width, height });

const seenOf = (face: RejectedFace): Pick<ExplainedCandidate, 'box' | 'neighbors' | 'verify'> => {
  const { neighbors, verify } = face;
  return { box: boxOf(face), neighbors, ...(verify !== undefined && { verify }) };
};

/**
 * `Visits`, that remembers of each candidate what became of it. Frames come out in their order, each as soon as its
 * fates and those of the frames before are known, which is when its tracks are over. No pixels are kept beside those
 * of the visits' own pictures.
 */
export class ExplainedVisits {
  readonly #visits: Visits;
  readonly #minNeighbors: number | undefined;
  readonly #open: OpenFrame[] = [];
  readonly #byNumber = new Map<number, OpenFrame>();
  readonly #tracks = new Map<number, OpenTrack>();
  #last = 0;

  /**
   * @param minNeighbors at which a cascade's box is a face, where no network is asked
   * @throws FACEPIPE_E_ARGUMENT
   */
  constructor(options: VisitsOptions = {}, minNeighbors?: number) {
    this.#visits = new Visits(options);
    this.#minNeighbors = minNeighbors;
  }

  /** Where visits and what may become one should be at the time of a frame, pixels. */
  expected({ captured }: Frame): Box[] {
    return this.#visits.expected(captured.getTime());
  }

  /**
   * Takes the next frame.
   * @param faces what detection took for faces
   * @param leftOut what it did not
   * @returns the frames that are explained now
   */
  look(frame: Frame, faces: readonly DetectedFace[], leftOut: readonly LeftOut[]): ExplainedFrame[] {
    const { number, captured, width, height, file, page } = frame;
    const open: OpenFrame = { number, captured, width, height, known: [], unknown: 0 };
    if (file !== undefined) open.file = file;
    if (page !== undefined) open.page = page;
    this.#open.push(open);
    this.#byNumber.set(number, open);
    for (const { face, ...why } of leftOut) open.known.push({ ...seenOf(face), ...why });
    const found = new Map(faces.map((face) => [foundFace(face, this.#minNeighbors), face]));
    const looked = this.#visits.look(frame, [...found.keys()]);
    this.#follow(open, found, looked);
    this.#hear(looked.events);
    for (const { id, lifeless } of looked.dropped) this.#end(id, lifeless);
    this.#last = captured.getTime();
    return this.#explained();
  }

  /** The end of the clip: the rest of the frames. */
  finish(): ExplainedFrame[] {
    this.#hear(this.#visits.finish(this.#last));
    for (const id of [...this.#tracks.keys()]) this.#end(id, false);
    return this.#explained();
  }

  /** Notes each face with its track, and of those without one why. */
  #follow(open: OpenFrame, found: ReadonlyMap<FoundFace, DetectedFace>, { looks }: LookedAt): void {
    const { confident } = this.#visits.limits;
    const followed = new Map(looks.map((look) => [look.picture.found, look]));
    for (const [face, detected] of found) {
      const { confidence } = face;
      const followedAs = followed.get(face);
      const seen = seenOf(detected);
      if (followedAs) {
        const { id, begin, end, still } = followedAs.face;
        const track = this.#tracks.get(id) ?? { looks: [], visit: false, still, begin, end };
        const { quality } = followedAs.picture;
        track.looks.push({ ...seen, track: id, confidence, quality, frame: open.number });
        this.#tracks.set(id, Object.assign(track, { still, end }));
        open.unknown++;
      } else if (confidence < confident) {
        // a weaker one may go on with a visit, but there is none here
        const what = detected.verify === undefined ? 'confidence' : 'score';
        const why = `${what} ${confidence.toFixed(2)} of ${confident.toFixed(2)}`;
        open.known.push({ ...seen, fate: 'below-threshold', why });
      } else open.known.push({ ...seen, fate: 'duplicate', why: 'second box of another face' });
    }
  }

  #hear(events: readonly ChoiceEvent<VisitPicture>[]): void {
    for (const event of events) {
      const track = this.#tracks.get(event.visit);
      if (!track) continue;
      if (event.type === 'begin') track.visit = true;
      else if (event.type === 'end') this.#end(event.visit, false);
      else {
        const sent = track.looks.findLast(({ frame }) => frame === event.picture.frame.number);
        if (sent) sent.role = event.role;
      }
    }
  }

  #end(id: number, lifeless: boolean): void {
    const track = this.#tracks.get(id);
    if (!track) return;
    this.#tracks.delete(id);
    const { looks, visit, still, begin, end } = track;
    const sent = looks.flatMap(({ frame, role }) => (role ? [frame] : []));
    const finished: FinishedTrack = {
      frames: looks.length,
      sent,
      visit,
      still,
      lifeless,
      lasted: end - begin,
    };
    for (const look of looks) {
      const open = this.#byNumber.get(look.frame);
      if (!open) continue;
      const { frame: _frame, role: _role, confidence: _confidence, ...candidate } = look;
      open.known.push({
        ...candidate,
        ...(visit && { visit }),
        ...fateOf(look, finished, this.#visits.limits),
      });
      open.unknown--;
    }
  }

  #explained(): ExplainedFrame[] {
    const first = this.#open.findIndex(({ unknown }) => unknown > 0);
    const done = this.#open.splice(0, first < 0 ? this.#open.length : first);
    return done.map(({ known, unknown: _, ...frame }) => {
      this.#byNumber.delete(frame.number);
      return { ...frame, candidates: known.sort(byPlace) };
    });
  }
}

const byPlace = ({ box: a }: ExplainedCandidate, { box: b }: ExplainedCandidate): number =>
  a.y - b.y || a.x - b.x || a.width - b.width;
