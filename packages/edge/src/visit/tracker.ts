import { argumentError, expectMembers } from '@facepipe/service';
import type { Box, Size } from '@facepipe/wire';
import type { Appearance } from './appearance.js';
import { bestPairs, misfit } from './association.js';
import type { Look } from './look.js';
import { contained, overlap, scaled } from './overlap.js';
import { Spots } from './stillness.js';
import { Timeline } from './timeline.js';
import { enoughLooks, placeOf, Track } from './track.js';

export interface TrackerOptions {
  /** Milliseconds out of view after which a visit is over. Default 2000. */
  visitGap?: number;
  /** Boxes of this confidence and up start visits and confirm them, 0 to 1. Default 0.5. */
  confident?: number;
  /** A face with no look of this confidence has to be seen for longer. Default 0.7. */
  sure?: number;
  /** Boxes below it are not looked at; from here to `confident` they only continue what is there. Default 0.3. */
  weak?: number;
}

/** A face found in a frame. */
export interface Detection {
  /** Pixels of the frame; it may reach beyond its edges. */
  box: Box;
  /** That it is a face, 0 to 1. */
  confidence: number;
  /** As `appearanceOf` gives it; without one, place and size alone decide. */
  appearance?: Appearance;
}

export interface TrackedFrame extends Size {
  /** When it was taken: milliseconds of any clock, or of a film's own time. */
  time: number;
  detections: readonly Detection[];
}

/** A face followed through the frames. */
export interface TrackedFace {
  /** 1, 2, 3 … within the tracker. */
  id: number;
  /** Seen often enough to be a visit. What is not may still turn out to be nothing. */
  confirmed: boolean;
  /** First and last look, in the caller's time, ms. */
  begin: number;
  end: number;
  /** How many frames it was seen in. */
  frames: number;
  /** Face sizes a second. */
  speed: number;
  /** It has never moved or changed so far. */
  still: boolean;
}

/** A face that was no visit. */
export interface DroppedFace extends TrackedFace {
  /** It lies where something lifeless was before, and has not moved either. */
  lifeless: boolean;
}

export interface TrackerUpdate {
  /** Of each detection, in their order, the face it is; undefined: a second box of another, or too weak. */
  faces: (TrackedFace | undefined)[];
  /** Visits that begin with this frame. */
  begun: TrackedFace[];
  /** Visits that are over. */
  ended: TrackedFace[];
  /** What was seen too little to be a visit and is given up, or lies where something lifeless was before. */
  dropped: DroppedFace[];
}

/** Boxes that share so much are one face. */
const twins = { overlap: 0.4, contained: 0.75 };
/** A face not yet confirmed is given up after this long without a look, ms. */
const unconfirmedTimeout = 1000;
/** Faces that are followed at most; each keeps up to two pictures. */
const maxTracks = 128;
/** Lifeless places that are remembered at most. */
const maxSpots = 64;

const members = { time: 'number', width: 'number', height: 'number', detections: 'list' } as const;
const limits = { visitGap: 'number?', confident: 'number?', weak: 'number?', sure: 'number?' } as const;
const isBox = ({ x, y, width, height }: Box) =>
  [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0;

/**
 * Follows faces through frames, and says which visits begin and end: pure, deterministic, and by time instead of by
 * frames, so that neither the rate nor missing frames matter. Time that goes back goes on from where it was.
 *
 * From SORT (Bewley and others, 2016) it has the Kalman filter for constant velocity and the confirmation by three
 * looks; from ByteTrack (Zhang and others, 2022) that weak boxes may continue a track and never start one, and
 * are matched after the confident ones; from norfair (Tryolabs) distances in units of the object and greedy matching.
 * Its own are the times, appearance at a return, and that what never moves is a visit only once.
 * @throws FACEPIPE_E_ARGUMENT
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  return new Tracker(options);
}

export class Tracker {
  readonly #gap: number;
  /** Boxes of this confidence and up start visits. */
  readonly confident: number;
  /** Boxes below it are not looked at. */
  readonly weak: number;
  readonly #sure: number;
  readonly #timeline = new Timeline();
  readonly #spots = new Spots(maxSpots);
  #tracks: Track[] = [];
  #last = 0;
  #frames = 0;
  #width = 1;

  /** @throws FACEPIPE_E_ARGUMENT */
  constructor(options: TrackerOptions = {}) {
    expectMembers('options', options, limits);
    const { visitGap = 2000, confident = 0.5 } = options;
    const { weak = Math.min(0.3, confident), sure = Math.max(0.7, confident) } = options;
    if (visitGap < 0) throw argumentError('a number from 0', 'options.visitGap', String(visitGap));
    if (weak > confident)
      throw argumentError('at most options.confident', 'options.weak', `${weak} of ${confident}`);
    this.#gap = visitGap;
    this.confident = confident;
    this.weak = weak;
    this.#sure = sure;
  }

  /**
   * Where visits and what may become one are expected at a time, in pixels of the last frame: places to look at, and to
   * look at again where a detector that searches the whole frame finds nothing, as of a head that is tilted, or of a
   * face in noise that is found in one frame of three.
   */
  expected(time: number): Box[] {
    const now = this.#timeline.peek(time);
    return this.#tracks.map((track) => scaled(track.expected(now), this.#width));
  }

  /**
   * Takes the faces of the next frame, which may be none.
   * @throws FACEPIPE_E_ARGUMENT
   */
  update(frame: TrackedFrame): TrackerUpdate {
    checkFrame(frame);
    const now = this.#timeline.frame(frame.time);
    this.#width = frame.width;
    this.#frames++;
    for (const track of this.#tracks) track.chance();
    const { ended, dropped } = this.#sweep(now);
    const found = this.#associate(looksOf(frame, this.confident, this.weak), now, frame.time);
    const begun = this.#confirm(now);
    return { faces: found.map((track) => track && shown(track)), begun, ended, dropped };
  }

  /** Time that went by without a frame, as while a camera is offline: visits end in it. */
  elapse(time: number): TrackerUpdate {
    return { faces: [], begun: [], ...this.#sweep(this.#timeline.at(time)) };
  }

  /** The end: all visits are over. Of so few frames that none could be confirmed, every confident face was one. */
  finish(): TrackerUpdate {
    const begun = this.#frames < enoughLooks ? this.#tracks.filter(({ confirmed }) => !confirmed) : [];
    for (const track of begun) track.confirmed = true;
    return { faces: [], begun: begun.map(shown), ...this.#end(this.#tracks) };
  }

  #associate(looks: readonly (Look | undefined)[], now: number, time: number): (Track | undefined)[] {
    const found = looks.map((): Track | undefined => undefined);
    const match = (tracks: readonly Track[], confident: boolean) => {
      const open = tracks.filter((track) => !found.includes(track));
      const costs = looks.map((look, i) =>
        open.map((track) =>
          look?.confident === confident && !found[i]
            ? misfit(track.placesAt(now), placeOf(look), (now - track.lastSeen) / 1000)
            : undefined,
        ),
      );
      for (const [i, j] of bestPairs(costs)) found[i] = open[j];
    };
    const visits = this.#tracks.filter(({ confirmed }) => confirmed);
    // what began while a visit was away may be the visit, come back
    match(
      this.#tracks.filter(({ confirmed, another }) => confirmed || another),
      true,
    );
    match(this.#tracks, true);
    match(this.#tracks, false);
    for (const [i, look] of looks.entries()) {
      const track = found[i];
      if (!look) continue;
      if (track) track.see(look, now, time);
      else if (look.confident && this.#tracks.length < maxTracks) {
        const fresh = new Track(++this.#last, look, now, time);
        fresh.chance();
        this.#tracks.push(fresh);
        found[i] = fresh;
      }
    }
    if (visits.every((visit) => found.includes(visit)))
      for (const track of found) if (track) track.another = true;
    return found;
  }

  #confirm(now: number): TrackedFace[] {
    const { interval } = this.#timeline;
    const begun = this.#tracks.filter((track) => {
      if (track.confirmed || !track.convinces(now, interval, this.#sure)) return false;
      return track.stillness.alive || !this.#spots.knows(track.look);
    });
    for (const track of begun) track.confirmed = true;
    return begun.map(shown);
  }

  /** Ends what was not seen for too long. Where frames are rare, a face has to be missed in one of them. */
  #sweep(now: number): Pick<TrackerUpdate, 'ended' | 'dropped'> {
    const least = 2 * (this.#timeline.interval ?? 0);
    return this.#end(
      this.#tracks.filter(({ confirmed, lastSeen }) => {
        const most = Math.max(least, confirmed ? this.#gap : Math.min(this.#gap, unconfirmedTimeout));
        return now - lastSeen > most;
      }),
    );
  }

  #end(over: readonly Track[]): Pick<TrackerUpdate, 'ended' | 'dropped'> {
    this.#tracks = this.#tracks.filter((track) => !over.includes(track));
    const dropped: DroppedFace[] = [];
    for (const track of over) {
      const lifeless = !track.stillness.alive && (track.confirmed || this.#spots.knows(track.look));
      if (lifeless) this.#spots.add(track.look);
      else if (track.confirmed) this.#spots.forget(track.look);
      if (!track.confirmed) dropped.push({ ...shown(track), lifeless });
    }
    return { ended: over.filter(({ confirmed }) => confirmed).map(shown), dropped };
  }
}

const shown = ({ id, confirmed, begin, end, frames, speed, stillness }: Track): TrackedFace => {
  return { id, confirmed, begin, end, frames, speed, still: !stillness.alive };
};

function checkFrame(frame: TrackedFrame): void {
  expectMembers('frame', frame, members);
  if (!Number.isFinite(frame.time)) throw argumentError('a finite number', 'frame.time', String(frame.time));
  if (!(frame.width > 0)) throw argumentError('a number above 0', 'frame.width', String(frame.width));
  for (const detection of frame.detections) {
    expectMembers('frame.detections[]', detection, {
      box: 'object',
      confidence: 'number',
      appearance: 'list?',
    });
    if (!isBox(detection.box))
      throw argumentError('x, y and sides above 0', 'frame.detections[].box', JSON.stringify(detection.box));
  }
}

/** The detections in units of the frame's width; undefined where one is too weak, or a second box of a better one. */
function looksOf({ detections, width }: TrackedFrame, confident: number, weak: number): (Look | undefined)[] {
  const order = detections.map((_, i) => i);
  const confidenceOf = (i: number) => detections[i]?.confidence ?? 0;
  order.sort((a, b) => confidenceOf(b) - confidenceOf(a) || a - b);
  const kept: Box[] = [];
  const looks = detections.map((): Look | undefined => undefined);
  for (const i of order) {
    const detection = detections[i];
    if (!detection || detection.confidence < weak) continue;
    const { box, confidence, appearance } = detection;
    if (kept.some((other) => overlap(other, box) > twins.overlap || contained(other, box) > twins.contained))
      continue;
    kept.push(box);
    looks[i] = { box: scaled(box, 1 / width), confidence, confident: confidence >= confident, appearance };
  }
  return looks;
}
