import { type Pose, personCount } from './person.js';
import { createRandom, integer, type Random } from './random.js';

/** Somebody's place at a moment. Lengths are fractions of the picture's width and, of sizes, of the depth. */
export interface Stance {
  /** Middle of the face, 0 at the left edge, 1 at the right. */
  x: number;
  /** 0 at the far end of the corridor, 1 at the counter. */
  near: number;
  pose: Pose;
  /** Looks to the right (1) or to the left (−1), where the pose is not `front`. */
  towards: 1 | -1;
}

/** Where somebody is at a time; in between they go there evenly. */
interface Step extends Stance {
  /** Seconds after they come. */
  at: number;
}

/** Somebody who comes, stays and goes. */
export interface Visitor {
  /** 1, 2, 3 … */
  number: number;
  person: number;
  /** Seconds of the scene. */
  comes: number;
  goes: number;
  steps: readonly Step[];
}

/** Beyond the edge of the picture nobody is to be seen. */
const outside = { left: -0.3, right: 1.3 };

/** The visitors of a scene in the order in which they come, the same for the same seed, without end. */
export function* visitorsOf(seed: number): Generator<Visitor, never> {
  const random = createRandom(seed);
  let number = 0;
  // at the beginning somebody stands at the counter already
  let clock = -3.2;
  let last = -1;
  for (;;) {
    const people = shuffled(random, last);
    last = people.at(-1) ?? -1;
    for (const { after, steps } of round(random)) {
      const person = people.shift() ?? 0;
      clock += number === 0 ? 0 : after;
      const goes = clock + (steps.at(-1)?.at ?? 0);
      yield { number: ++number, person, comes: clock, goes, steps };
    }
  }
}

/** Undefined before they come and after they have gone. */
export function stanceAt({ comes, steps }: Visitor, time: number): (Stance & { speed: number }) | undefined {
  const since = time - comes;
  const next = steps.findIndex(({ at }) => at > since);
  const [from, to] = [steps[next - 1], steps[next]];
  if (!from || !to) return undefined;
  const span = to.at - from.at;
  const share = (since - from.at) / span;
  const between = (a: number, b: number) => a + (b - a) * share;
  return {
    x: between(from.x, to.x),
    near: between(from.near, to.near),
    pose: from.pose,
    towards: from.towards,
    speed: (to.x - from.x) / span,
  };
}

interface Entry {
  /** Seconds after the one before has come. */
  after: number;
  steps: readonly Step[];
}

/**
 * One visit of each kind: six people. Where somebody left, nobody comes in within the 2 s that a face may be out of
 * view: that could as well be the same one.
 */
function round(random: Random): Entry[] {
  const vary = (by: number) => (random() - 0.5) * 2 * by;
  const side = (): 1 | -1 => (random() < 0.5 ? 1 : -1);
  const first = side();
  return [
    { after: 7.5, steps: fromCorridor(0.42 + vary(0.06), 1, first) },
    { after: 5.6, steps: fromSide(first, 0.52 + vary(0.08), 0.85 + vary(0.15)) },
    // two whose ways cross: one near, one far
    { after: 7.8, steps: across(1, 0.95, 5) },
    { after: 0.3, steps: across(-1, 0.3, 6) },
    { after: 8.4, steps: lingering(0.45 + vary(0.1), side()) },
    { after: 6.2, steps: fromCorridor(0.55 + vary(0.06), 0.7 + vary(0.1), side()) },
  ];
}

/** Comes out of the corridor, up to the counter, looks about, and leaves to a side. */
function fromCorridor(x: number, near: number, towards: 1 | -1): Step[] {
  const stay = { x, near, towards } as const;
  return [
    { at: 0, x: 0.88, near: 0, pose: 'turned', towards: -1 },
    { at: 0.8, x: 0.72, near: 0.05, pose: 'front', towards: -1 },
    { at: 2.8, ...stay, pose: 'front' },
    { at: 4.2, ...stay, x: x + 0.01, pose: 'turned' },
    { at: 4.8, ...stay, pose: 'front' },
    { at: 5.6, ...stay, x: x + 0.02 * towards, pose: 'turned' },
    ...leaving(5.9, stay),
  ];
}

/** Comes in over an edge, stands at the counter, and goes on to the other side. */
function fromSide(from: 1 | -1, x: number, near: number): Step[] {
  const towards = from === 1 ? 1 : -1;
  const stay = { x, near, towards } as const;
  return [
    { at: 0, ...stay, x: towards === 1 ? outside.left : outside.right, pose: 'side' },
    { at: 1.6, ...stay, x: x - 0.05 * towards, pose: 'turned' },
    { at: 1.9, ...stay, pose: 'front' },
    { at: 4, ...stay, x: x + 0.02 * towards, pose: 'turned' },
    ...leaving(4.3, stay),
  ];
}

/** Goes by, and looks into the camera on the way. */
function across(towards: 1 | -1, near: number, takes: number): Step[] {
  const [from, to] = towards === 1 ? [outside.left, outside.right] : [outside.right, outside.left];
  const way = (share: number) => ({ x: from + (to - from) * share, near, towards });
  return [
    { at: 0, ...way(0), pose: 'side' },
    { at: 0.22 * takes, ...way(0.26), pose: 'turned' },
    { at: 0.3 * takes, ...way(0.33), pose: 'front' },
    { at: 0.72 * takes, ...way(0.68), pose: 'turned' },
    { at: 0.78 * takes, ...way(0.74), pose: 'side' },
    { at: takes, ...way(1), pose: 'side' },
  ];
}

/** Stays for long enough that the best picture so far is sent meanwhile. */
function lingering(x: number, towards: 1 | -1): Step[] {
  const away = towards === 1 ? -1 : 1;
  const stay = { x, near: 0.75, towards } as const;
  return [
    { at: 0, ...stay, x: towards === 1 ? outside.left : outside.right, pose: 'side' },
    { at: 1.7, ...stay, x: x - 0.06 * towards, pose: 'turned' },
    { at: 2.1, ...stay, pose: 'front' },
    { at: 3.6, ...stay, pose: 'turned' },
    { at: 4.4, ...stay, near: 0.8, pose: 'front' },
    { at: 6.4, ...stay, x: x + 0.03, near: 0.95, pose: 'turned', towards: away },
    { at: 7.2, ...stay, near: 0.9, pose: 'front' },
    ...leaving(8.2, stay),
  ];
}

function leaving(at: number, stay: Omit<Stance, 'pose'>): Step[] {
  const { x, towards } = stay;
  const [to, way] = towards === 1 ? [outside.right, outside.right - x] : [outside.left, x - outside.left];
  return [
    { at, ...stay, x: x + 0.04 * towards, pose: 'side' },
    { at: at + 1.8 * way, ...stay, x: to, pose: 'side' },
  ];
}

/** Everybody once; not first who was last before. */
function shuffled(random: Random, last: number): number[] {
  const people = Array.from({ length: personCount }, (_, i) => i);
  for (let i = people.length - 1; i > 0; i--) {
    const j = integer(random, 0, i);
    [people[i], people[j]] = [people[j] ?? 0, people[i] ?? 0];
  }
  if (people[0] === last) people.push(people.shift() ?? 0);
  return people;
}
