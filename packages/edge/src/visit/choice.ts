import { argumentError, expectMembers } from '@facepipe/service';
import type { PictureRole } from '@facepipe/wire';
import type { ChoiceEvent } from './choice-event.js';
import { Timeline } from './timeline.js';
import type { TrackedFace, TrackerUpdate } from './tracker.js';

const sendModes: readonly PictureRole[] = ['best', 'first', 'every'];

export interface ChoiceOptions {
  /** The best picture of each visit, its first good one, or every one of every face. Default `best`. */
  send?: PictureRole;
  /** Age of a visit at which the best so far goes out at the latest, ms. Default 5000. */
  bestWithin?: number;
  /** Time after which a visit that goes on is worth one more picture, ms; default: never. */
  resend?: number;
  /** Nothing below it is sent, 0 to 100. Default 15. */
  minQuality?: number;
}

/** A picture that may be sent. */
export interface Candidate<Picture> {
  /** As the tracker's update of this frame has it. */
  face: TrackedFace;
  /** 0 to 100, as `measureQuality` gives it. */
  quality: number;
  picture: Picture;
}

/** The best picture of an open visit, as it would be sent if the visit ended now. */
export interface OwedPicture<Picture> {
  visit: number;
  begin: number;
  quality: number;
  picture: Picture;
}

/** A picture as good as this need not be waited for with `first`. */
const good = 50;
/** So much better a picture has to be to be sent after another one. */
const clearly = 10;

interface Held<Picture> {
  quality: number;
  picture: Picture;
}

interface Visit<Picture> {
  face: TrackedFace;
  begun: boolean;
  /** In the choice's time, ms. */
  since: number;
  /** Of all, and of those since the last one sent. */
  best?: Held<Picture>;
  recent?: Held<Picture>;
  /** Quality of the best one sent, and when the last one was. */
  sent?: number;
  sentAt: number;
  pictures: number;
}

const limits = { send: 'text?', bestWithin: 'number?', resend: 'number?', minQuality: 'number?' } as const;

/**
 * Decides which pictures of visits are sent, and when: a state machine without a clock or any input and output of its
 * own. Of each face it holds one or two pictures. Better is a higher quality; what is sent after another picture has to
 * be better by 10, so that noise sends nothing.
 * @throws FACEPIPE_E_ARGUMENT
 */
export function createChoice<Picture>(options: ChoiceOptions = {}): Choice<Picture> {
  return new Choice(options);
}

export class Choice<Picture> {
  readonly #send: PictureRole;
  readonly #bestWithin: number;
  readonly #resend: number;
  /** Nothing below it is sent. */
  readonly minQuality: number;
  readonly #timeline = new Timeline();
  readonly #visits = new Map<number, Visit<Picture>>();

  /** @throws FACEPIPE_E_ARGUMENT */
  constructor(options: ChoiceOptions = {}) {
    expectMembers('options', options, limits);
    const { send = 'best', bestWithin = 5000, resend = Number.POSITIVE_INFINITY, minQuality = 15 } = options;
    if (!sendModes.includes(send)) throw argumentError(sendModes.join(', '), 'options.send', 'another text');
    for (const [name, value] of Object.entries({ bestWithin, resend, minQuality }))
      if (value < 0) throw argumentError('a number from 0', `options.${name}`, String(value));
    this.#send = send;
    this.#bestWithin = bestWithin;
    this.#resend = resend;
    this.minQuality = minQuality;
  }

  /**
   * Takes what a frame, or the time without one, brought.
   * @param time of the frame, ms, by the clock the tracker has
   * @param update the tracker's
   * @param candidates pictures of this frame's faces, of confident looks only
   * @returns what is to be done, in this order
   */
  update(
    time: number,
    update: TrackerUpdate,
    candidates: readonly Candidate<Picture>[] = [],
  ): ChoiceEvent<Picture>[] {
    const now = this.#timeline.at(time);
    const events: ChoiceEvent<Picture>[] = [];
    for (const { id } of update.dropped) this.#visits.delete(id);
    for (const face of update.begun) {
      this.#visitOf(face, now).begun = true;
      events.push({ type: 'begin', visit: face.id, begin: face.begin });
    }
    for (const face of update.ended) events.push(...this.#finish(face));
    for (const candidate of candidates) events.push(...this.#take(candidate, now));
    for (const visit of this.#visits.values()) if (visit.begun) events.push(...this.#due(visit, now));
    return events;
  }

  /** Pictures that open visits would send if they ended now: what to keep where a crash must lose none. */
  owed(): OwedPicture<Picture>[] {
    return [...this.#visits.values()].flatMap((visit) => {
      const last = visit.begun && this.#last(visit);
      return last ? [{ visit: visit.face.id, begin: visit.face.begin, ...last }] : [];
    });
  }

  /** All pictures that may be sent one day, of visits that have not begun yet too. */
  held(): Picture[] {
    const both = [...this.#visits.values()].flatMap(({ best, recent }) => [best, recent]);
    return [...new Set(both.flatMap((held) => (held ? [held.picture] : [])))];
  }

  #visitOf(face: TrackedFace, now: number): Visit<Picture> {
    const known = this.#visits.get(face.id);
    if (known) known.face = face;
    const visit = known ?? { face, begun: false, since: now, sentAt: now, pictures: 0 };
    this.#visits.set(face.id, visit);
    return visit;
  }

  #take({ face, quality, picture }: Candidate<Picture>, now: number): ChoiceEvent<Picture>[] {
    const visit = this.#visitOf(face, now);
    const held = { quality, picture };
    if (quality > (visit.best?.quality ?? -1)) visit.best = held;
    if (quality > (visit.recent?.quality ?? -1)) visit.recent = held;
    return this.#send === 'every' ? [this.#sent(visit, held, 'every', now)] : [];
  }

  /** What is to be sent of a visit that goes on. */
  #due(visit: Visit<Picture>, now: number): ChoiceEvent<Picture>[] {
    const { best, recent, sent, face } = visit;
    if (this.#send === 'every') return [];
    if (sent === undefined) {
      if (!best || best.quality < this.minQuality) return [];
      if (this.#send === 'first' && best.quality >= good) return [this.#sent(visit, best, 'first', now)];
      const late = now - visit.since >= this.#bestWithin;
      return late ? [this.#sent(visit, best, this.#send, now)] : [];
    }
    if (now - visit.sentAt < this.#resend || !recent || recent.quality < this.minQuality) return [];
    // of what does not move another picture is nothing new
    if (face.still && recent.quality < sent + clearly) return [];
    return [this.#sent(visit, recent, this.#send, now)];
  }

  #finish(face: TrackedFace): ChoiceEvent<Picture>[] {
    const visit = this.#visits.get(face.id);
    if (!visit) return [];
    visit.face = face;
    this.#visits.delete(face.id);
    const last = this.#last(visit);
    const events = last ? [this.#sent(visit, last, this.#send, visit.sentAt)] : [];
    const { id, begin, end, frames, still } = face;
    const { pictures, best } = visit;
    return [
      ...events,
      { type: 'end', visit: id, begin, end, frames, still, pictures, quality: best?.quality },
    ];
  }

  /** What the end of a visit sends. */
  #last({ best, sent, face }: Visit<Picture>): Held<Picture> | undefined {
    if (!best || best.quality < this.minQuality) return undefined;
    if (sent === undefined) return best;
    // what never moved is sent once: it may be no face at all
    if (face.still) return undefined;
    return this.#send === 'best' && best.quality >= sent + clearly ? best : undefined;
  }

  #sent(
    visit: Visit<Picture>,
    { quality, picture }: Held<Picture>,
    role: PictureRole,
    now: number,
  ): ChoiceEvent<Picture> {
    visit.sent = Math.max(quality, visit.sent ?? 0);
    visit.sentAt = now;
    visit.pictures++;
    delete visit.recent;
    const { id, frames } = visit.face;
    return { type: 'picture', visit: id, role, quality, frames, picture };
  }
}
