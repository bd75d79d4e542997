import { type Clock, newId, systemClock } from '@facepipe/service';
import type { Box, PictureRole, VisitMessage } from '@facepipe/wire';
import type { Frame } from '../source/source.js';
import type { ChoiceEvent } from '../visit/choice-event.js';
import { foundFace } from '../visit/found-face.js';
import type { OwedFace } from '../visit/owed-file.js';
import type { OwedFolder } from '../visit/owed-folder.js';
import type { Quality } from '../visit/quality.js';
import { type VisitPicture, Visits, type VisitsOptions } from '../visit/visits.js';
import type { ContextFrame } from './context.js';
import type { DetectedFace } from './face-detector.js';
import { type CommonFacts, factsOf } from './face-facts.js';
import type { FaceStore, UnnumberedFacts } from './face-store.js';
import { OwedPictures, type OwedVisitPicture } from './owed-pictures.js';

export interface VisitCaptureOptions {
  visits: VisitsOptions;
  /** Neighbours at which a cascade's box is a face, where no network is asked. */
  minNeighbors: number;
  store: Pick<FaceStore, 'keep' | 'keepContext'>;
  /** Where the pictures of open visits outlive a crash. */
  folder: Pick<OwedFolder, 'keep' | 'storing' | 'release'>;
  /** The metadata that all faces of the capture share. */
  common: CommonFacts;
  /** Must not throw. */
  onVisit?: (message: VisitMessage) => void;
  /** A visit (ULID) ended that never moved nor changed. */
  onStatic?: (visit: string) => void;
  /** A visit (ULID) ended without a picture, as the best one had no more than this quality. */
  onPoor?: (visit: string, quality: number) => void;
  /** The pictures of open visits could not be kept: told for the first of a row. */
  onUnkept?: (error: Error) => void;
  clock?: Clock;
}

/** What the visits make of a face of a frame. */
export interface LookedFace {
  face: DetectedFace;
  /** It is one for sure; others only go on with a visit. */
  sure: boolean;
  /** Missing of the second box of a face. */
  quality?: Quality;
  /** ULID of its visit, once that has begun. */
  track?: string;
  /** When that began, ms since 1970. */
  begin?: number;
}

/** A visit that has begun and whose end has not been told. */
interface OpenVisit {
  /** ULID. */
  id: string;
  begin: string;
  /** Resolves once its pictures so far are stored. */
  stored: Promise<void>;
}

/** Frames with their faces in, pictures of visits into the spool, and their stories out. */
export class VisitCapture {
  readonly #options: VisitCaptureOptions;
  readonly #owed: OwedPictures;
  readonly #visits: Visits;
  readonly #every: boolean;
  readonly #open = new Map<number, OpenVisit>();
  #active = 0;
  #poor = 0;
  #static = 0;
  /** What ends later than the frames it is of. */
  readonly #pending = new Set<Promise<void>>();

  constructor(options: VisitCaptureOptions) {
    this.#options = options;
    const { folder, onUnkept, clock = systemClock } = options;
    this.#owed = new OwedPictures({ folder, onUnkept, clock });
    this.#visits = new Visits(options.visits);
    this.#every = options.visits.send === 'every';
  }

  /** Visits that have begun and not ended. */
  get active(): number {
    return this.#active;
  }

  /** Visits that ended without a picture, as none was good enough. */
  get poor(): number {
    return this.#poor;
  }

  /** Visits that never moved nor changed. */
  get static(): number {
    return this.#static;
  }

  /** Bytes of pictures that wait to be chosen. */
  get heldBytes(): number {
    return this.#visits.heldBytes;
  }

  /** Where visits and what may become one should be at the time of a frame, pixels. */
  expected(frame: Frame): Box[] {
    return this.#visits.expected(frame.captured.getTime());
  }

  /**
   * Takes the next frame and the faces in it. Returns what is known of each face.
   * @param whole the frame, where it is sent with its faces
   */
  look(frame: Frame, faces: readonly DetectedFace[], whole?: ContextFrame): LookedFace[] {
    const found = faces.map((face) => foundFace(face, this.#options.minNeighbors));
    const { events, looks } = this.#visits.look(frame, found, whole);
    // what is held for long is held no larger than needed
    if (whole && this.#visits.holds(whole)) whole.settle();
    for (const event of events) this.#take(event);
    this.#keepOwed();
    return faces.map((face, i): LookedFace => {
      const sure = (found[i]?.confidence ?? 0) >= this.#visits.limits.confident;
      const look = looks.find(({ picture }) => picture.found === found[i]);
      if (!look) return { face, sure };
      const open = this.#open.get(look.face.id);
      const visit = open && { track: open.id, begin: Date.parse(open.begin) };
      return { face, sure, quality: look.picture.quality, ...visit };
    });
  }

  /** Time that went by without a frame, as while the camera is offline. @param time of frames, ms */
  elapse(time: number): void {
    for (const event of this.#visits.elapse(time)) this.#take(event);
    this.#keepOwed();
  }

  /** The end: all visits are over. Resolves once what they owe is stored and told. */
  async finish(time: number): Promise<void> {
    for (const event of this.#visits.finish(time)) this.#take(event);
    await this.settled();
  }

  /** Resolves once all that was to be stored is, or is refused. */
  async settled(): Promise<void> {
    await this.#owed.settled();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Sends what an earlier run owed when it was cut off. @param of id of the face, where only its context is owed */
  resume(visit: string, { pixels, facts, context }: OwedFace, of?: string): Promise<void> {
    return this.#later(async () => {
      const { store } = this.#options;
      // it goes out on the topic of this run's name
      const named = { ...facts, device: this.#options.common.device };
      const taken = this.#owed.taken(visit, facts.frame);
      if (of !== undefined) {
        if (context) await store.keepContext(context, named, of, taken);
        return this.#owed.release(visit);
      }
      const face = await store.keep(pixels, named, taken, context && (async () => context));
      if (!face) return;
      await this.#owed.release(visit);
      const { quality = 0 } = facts;
      const begin = facts.captured.toISOString();
      const common = { visit, begin, frames: 1, quality, active: this.#active };
      this.#tell({ type: 'picture', ...common, picture: face.id });
      this.#tell({ type: 'end', ...common, end: begin });
    });
  }

  #take(event: ChoiceEvent<VisitPicture>): void {
    if (event.type === 'begin') this.#begin(event);
    // with `every` each face goes as it is found
    else if (event.type === 'picture' && !this.#every) this.#send(event);
    else if (event.type === 'end') this.#end(event);
  }

  #begin({ visit, begin }: Extract<ChoiceEvent<VisitPicture>, { type: 'begin' }>): void {
    const open = { id: newId(), begin: new Date(begin).toISOString(), stored: Promise.resolve() };
    this.#open.set(visit, open);
    const active = ++this.#active;
    const told = { type: 'begin', visit: open.id, begin: open.begin, active } as const;
    // a visit that is told of is on the disk: no crash loses it
    open.stored = this.#later(async () => {
      if (!this.#every) await this.#owed.written();
      this.#tell(told);
    });
  }

  #send({
    visit,
    role,
    quality,
    frames,
    picture,
  }: Extract<ChoiceEvent<VisitPicture>, { type: 'picture' }>): void {
    const open = this.#open.get(visit);
    if (!open) return;
    const { whole, box, frame } = picture;
    const storing = this.#options.store.keep(
      picture.pixels,
      this.#factsOf(picture, role, open.id),
      this.#owed.taken(open.id, frame.number),
      whole && (() => whole.contextOf(box)),
    );
    const before = open.stored;
    open.stored = this.#later(async () => {
      const face = await storing;
      await before;
      if (!face) return;
      await this.#owed.release(open.id);
      const { id, begin } = open;
      this.#tell({
        type: 'picture',
        visit: id,
        begin,
        frames,
        picture: face.id,
        quality,
        active: this.#active,
      });
    });
  }

  #end({
    visit,
    end,
    frames,
    still,
    quality,
    pictures,
  }: Extract<ChoiceEvent<VisitPicture>, { type: 'end' }>): void {
    const open = this.#open.get(visit);
    if (!open) return;
    this.#open.delete(visit);
    if (still) {
      this.#static++;
      this.#options.onStatic?.(open.id);
    }
    if (pictures === 0) {
      this.#poor++;
      this.#options.onPoor?.(open.id, quality ?? 0);
    }
    void this.#later(async () => {
      await open.stored;
      await this.#owed.release(open.id);
      this.#active--;
      const { id, begin } = open;
      const over = { end: new Date(end).toISOString(), frames, ...(quality !== undefined && { quality }) };
      this.#tell({ type: 'end', visit: id, begin, ...over, active: this.#active });
    });
  }

  #factsOf({ box, frame, found, quality }: VisitPicture, role: PictureRole, track: string): UnnumberedFacts {
    const { neighbors = 0, verify } = found;
    return factsOf(this.#options.common, frame, { box, neighbors, verify, track, quality, role });
  }

  /** Gives the disk what open visits owe. */
  #keepOwed(): void {
    if (this.#every) return;
    this.#owed.keep(() =>
      this.#visits.owed().flatMap(({ visit, picture }): OwedVisitPicture[] => {
        const open = this.#open.get(visit);
        return open ? [{ visit: open.id, picture, facts: this.#factsOf(picture, 'best', open.id) }] : [];
      }),
    );
  }

  #later(work: () => Promise<void>): Promise<void> {
    const pending = work();
    this.#pending.add(pending);
    void pending.finally(() => this.#pending.delete(pending));
    return pending;
  }

  #tell(message: VisitMessage): void {
    this.#options.onVisit?.(message);
  }
}
