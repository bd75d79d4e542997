import type { Box } from '@facepipe/wire';
import type { Appearance } from './appearance.js';
import type { Place } from './association.js';
import type { Look } from './look.js';
import { boxOf, firstMotion, type Motion, middleOf, movedOn, seenAt, sizeOf, speedOf } from './motion.js';
import { Stillness } from './stillness.js';

/** How fast the remembered appearance follows what is seen. */
const follow = 0.1;
/** Boxes of weak looks lie worse. */
const doubt = 2;
/** Milliseconds for which a motion that nobody sees is believed. */
const brief = 500;
/** A face is confirmed by so many confident looks … */
export const enoughLooks = 3;
/** … within this time, ms; or, where frames are few, by two at least … */
const within = 1000;
/** … that lie this far apart, ms, and are half of all frames or more. */
const apart = 500;
/** What is never surely a face has to be seen for this long instead, ms. */
const long = 800;

export const placeOf = ({ box, appearance }: Pick<Look, 'box' | 'appearance'>): Place => ({
  ...middleOf(box),
  size: sizeOf(box),
  appearance,
});

/** One face through the frames: where it is, how it moves, and whether it is one. Times are those of a `Timeline`. */
export class Track {
  readonly id: number;
  /** The first look, ms, in the tracker's time and in the caller's. */
  readonly firstSeen: number;
  readonly begin: number;
  readonly stillness: Stillness;
  lastSeen: number;
  end: number;
  confirmed = false;
  /** It was seen in one frame with every visit there was: it is none of them. */
  another = false;
  /** Frames it was seen in. */
  frames = 0;
  #motion: Motion;
  #appearance: Appearance | undefined;
  /** Frames that came since the first look, and confident looks. */
  #chances = 0;
  #hits: number[] = [];
  #confident = 0;
  #surest = 0;

  constructor(id: number, look: Look, now: number, time: number) {
    this.id = id;
    this.firstSeen = now;
    this.begin = time;
    this.lastSeen = now;
    this.end = time;
    this.#motion = firstMotion(look.box);
    this.#appearance = look.appearance;
    this.stillness = new Stillness(look);
    this.#count(look, now, time);
  }

  /** Where it is most likely at a time: what has been away for long has not gone on as it went. */
  expected(now: number): Box {
    const away = now - this.lastSeen;
    return boxOf(away <= brief ? movedOn(this.#motion, away / 1000) : this.#motion);
  }

  /** Where it may be at a time: it went on, or it stopped. */
  placesAt(now: number): Place[] {
    return [movedOn(this.#motion, (now - this.lastSeen) / 1000), this.#motion].map((motion) =>
      placeOf({ box: boxOf(motion), appearance: this.#appearance }),
    );
  }

  /** Face sizes a second, as of the last look. */
  get speed(): number {
    return speedOf(this.#motion);
  }

  get look(): Look {
    return { box: boxOf(this.#motion), confidence: 1, confident: true, appearance: this.#appearance };
  }

  see(look: Look, now: number, time: number): void {
    const moved = movedOn(this.#motion, (now - this.lastSeen) / 1000);
    this.#motion = seenAt(moved, look.box, look.confident ? 1 : doubt);
    if (look.confident) this.#appearance = blend(this.#appearance, look.appearance);
    this.stillness.see(this.look);
    this.#count(look, now, time);
  }

  #count(look: Look, now: number, time: number): void {
    this.lastSeen = now;
    this.end = time;
    this.frames++;
    if (!look.confident) return;
    this.#confident++;
    this.#surest = Math.max(this.#surest, look.confidence);
    this.#hits = [...this.#hits, now].slice(-enoughLooks);
  }

  /** Another frame, in which it is seen or not. */
  chance(): void {
    this.#chances++;
  }

  /**
   * Whether it has been seen well enough to be a visit.
   * @param interval ms between frames as a rule
   * @param sure confidence of one of the looks at least, if it is to be quick
   */
  convinces(now: number, interval: number | undefined, sure: number): boolean {
    const lasted = this.lastSeen - this.firstSeen;
    const steady = this.#confident >= 2 && this.#confident * 2 >= this.#chances;
    if (this.#surest < sure) return steady && this.#confident >= enoughLooks && lasted >= long;
    const [oldest = now] = this.#hits;
    if (this.#hits.length === enoughLooks && now - oldest <= within) return true;
    if (steady && lasted >= apart) return true;
    // frames so rare that nobody would be seen twice
    return interval !== undefined && interval > within && this.#confident > 0;
  }
}

function blend(old: Appearance | undefined, seen: Appearance | undefined): Appearance | undefined {
  if (!old || !seen) return seen ?? old;
  const mixed = old.map((value, i) => value + follow * ((seen[i] ?? 0) - value));
  const norm = Math.hypot(...mixed);
  return norm > 0 ? mixed.map((value) => value / norm) : seen;
}
