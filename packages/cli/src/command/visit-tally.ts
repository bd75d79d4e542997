import type { TrueFace } from '@facepipe/edge/source';
import { overlap } from '@facepipe/edge/visit';
import type { Box } from '@facepipe/wire';

/** What was sent, measured by what was there. */
export interface VisitTotals {
  /** Visits of which a picture is to come, or has come. */
  visits: number;
  /** Pictures sent, of faces or not. */
  pictures: number;
  /** Visits that are over, and no picture of them was sent. */
  missed: number;
  /** Pictures where no face was. */
  false: number;
}

/** Two boxes are the same face from this intersection over union on, as in the benchmark of visits. */
const sameFace = 0.3;
/** A face that was clear for so long is a visit of which a picture is to come, ms: within it visits are confirmed. */
const enough = 1000;
/** A longer time between two frames is no time in which a face was seen, ms. */
const longest = 1000;
/** After a visit is over, its picture is on its way for so long at most, ms. */
const onItsWay = 3000;
/** Where faces were is remembered for so long, ms: no visit of the scene takes as long, with its pictures. */
const remembered = 120_000;

interface Visit {
  /** Of its last frame, ms. */
  last: number;
  /** For how long its face was clear, ms. */
  clear: number;
  shown: boolean;
}

/** Frames whose faces are known and the pictures of them in, counts out: no clock but the frames' own times. */
export class VisitTally {
  readonly #pictureTimeout: number;
  /** The faces by the frames' times, the oldest first. */
  readonly #faces = new Map<number, readonly TrueFace[]>();
  readonly #open = new Map<number, Visit>();
  #last = Number.NEGATIVE_INFINITY;
  #visits = 0;
  #missed = 0;
  #pictures = 0;
  #false = 0;

  /** @param visitGap out of view for longer than this ends a visit, ms */
  constructor(visitGap: number) {
    this.#pictureTimeout = visitGap + onItsWay;
  }

  /** Takes the next frame of the scene. @param time when it was taken, ms */
  see(time: number, faces: readonly TrueFace[]): void {
    const since = time - this.#last;
    const passed = since > 0 && since <= longest ? since : 0;
    this.#last = time;
    for (const { visit, clear } of faces) {
      const known = this.#open.get(visit) ?? { last: time, clear: 0, shown: false };
      this.#open.set(visit, { ...known, last: time, clear: known.clear + (clear ? passed : 0) });
    }
    this.#faces.set(time, faces);
    this.#forget();
  }

  /** Takes a picture. @param time of its frame, ms; what is of no frame of this scene is not counted */
  sent(time: number, box: Box): void {
    const faces = this.#faces.get(time);
    if (!faces) return;
    this.#pictures++;
    const [nearest] = faces
      .map(({ visit, ...face }) => ({ visit, fit: overlap(face, box) }))
      .sort((a, b) => b.fit - a.fit);
    if (!nearest || nearest.fit < sameFace) this.#false++;
    else {
      const visit = this.#open.get(nearest.visit);
      if (visit) visit.shown = true;
    }
  }

  /** @param over whether nothing is on its way any more */
  totals(over: boolean): VisitTotals {
    const open = [...this.#open.values()].filter(isDue);
    const missed = open.filter(
      ({ shown, last }) => !shown && (over || this.#last - last > this.#pictureTimeout),
    );
    return {
      visits: this.#visits + open.length,
      pictures: this.#pictures,
      missed: this.#missed + missed.length,
      false: this.#false,
    };
  }

  /** What lies so far back that no picture of it comes any more is only counted from now on. */
  #forget(): void {
    const before = this.#last - remembered;
    for (const time of this.#faces.keys()) {
      if (time >= before) break;
      this.#faces.delete(time);
    }
    for (const [number, visit] of this.#open) {
      if (visit.last >= before) continue;
      this.#open.delete(number);
      if (!isDue(visit)) continue;
      this.#visits++;
      if (!visit.shown) this.#missed++;
    }
  }
}

const isDue = ({ clear, shown }: Visit): boolean => shown || clear >= enough;
