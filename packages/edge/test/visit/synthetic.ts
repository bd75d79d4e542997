import type { Appearance } from '../../dist/visit/appearance.js';
import { createTracker, type TrackerOptions, type TrackerUpdate } from '../../dist/visit/tracker.js';

/**
 * A face in a synthetic film: where its middle is and how large it is after so many seconds; undefined: not in view.
 */
export interface Person {
  name: string;
  at: (seconds: number) => { x: number; y: number; size: number; confidence?: number } | undefined;
  appearance?: Appearance;
}

export interface FilmOptions {
  seconds: number;
  fps: number;
  /** Standard deviation of boxes, as a fraction of their size. Default 0. */
  jitter?: number;
  /** Share of faces the detector misses. Default 0. */
  missed?: number;
  random?: () => number;
  /** What the clock shows at a second of the film, ms; default: from 0. */
  clock?: (seconds: number) => number;
  tracker?: TrackerOptions;
}

export interface TrackedFilm {
  /** Tracker ids of each person, in the order they came, confirmed or not. */
  ids: Map<string, number[]>;
  begun: { id: number; at: number; begin: number }[];
  ended: { id: number; at: number; end: number; frames: number; still: boolean }[];
}

const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Two appearances that have nothing in common. */
export const red: Appearance = [1, 0, 0, 0];
export const blue: Appearance = [0, 0, 0, 1];

/** Plays people to a tracker, at 640×480. */
export function track(people: readonly Person[], options: FilmOptions): TrackedFilm {
  const { seconds, fps, jitter = 0, missed = 0, random = () => 0.5, clock = (s) => s * 1000 } = options;
  const tracker = createTracker(options.tracker);
  const film: TrackedFilm = { ids: new Map(), begun: [], ended: [] };
  const note = (update: TrackerUpdate, at: number) => {
    for (const { id, begin } of update.begun) film.begun.push({ id, at, begin });
    for (const { id, end, frames, still } of update.ended) film.ended.push({ id, at, end, frames, still });
  };
  const frames = Math.round(seconds * fps);
  for (let frame = 0; frame < frames; frame++) {
    const at = frame / fps;
    const seen = people.flatMap((person) => {
      const face = person.at(at);
      return face && random() >= missed ? [{ person, face }] : [];
    });
    const detections = seen.map(({ person, face }) => {
      const size = face.size * Math.exp(jitter * normal(random));
      const x = face.x + jitter * face.size * normal(random) - size / 2;
      const y = face.y + jitter * face.size * normal(random) - size / 2;
      const box = { x, y, width: size, height: size };
      const { appearance } = person;
      return { box, confidence: face.confidence ?? 0.9, ...(appearance && { appearance }) };
    });
    const update = tracker.update({ time: clock(at), width: 640, height: 480, detections });
    for (const [i, face] of update.faces.entries()) {
      const name = seen[i]?.person.name;
      if (!face || name === undefined) continue;
      const ids = film.ids.get(name) ?? [];
      if (ids.at(-1) !== face.id) ids.push(face.id);
      film.ids.set(name, ids);
    }
    note(update, at);
  }
  note(tracker.finish(), seconds);
  return film;
}
