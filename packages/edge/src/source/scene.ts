import { type Clock, systemClock } from '@facepipe/service';
import type { Box, Size } from '@facepipe/wire';
import { contained } from '../visit/overlap.js';
import { loadPeople, type Person } from './person.js';
import { corner, counter, createRoom, eyes } from './room.js';
import type { Frame, Source, SourceOptions, TrueFace } from './source.js';
import { sourceError } from './source-error.js';
import { drawSprite, type Placement } from './sprite.js';
import { type Stance, stanceAt, type Visitor, visitorsOf } from './visitor.js';

/** Below this the smallest heads are smaller than what is searched for. */
const smallest: Size = { width: 320, height: 240 };

/**
 * The source `demo`: people who come along a corridor to a counter, turn, stay, cross each other's way and leave, one
 * every few seconds, the same for the same seed, without end. On the wall is a print that cascades take for a face.
 * Each frame carries the `truth`, whose faces are in it and where. Default 640×480 at 10 frames a second, seed 1; live
 * unless `realtime` is false, which gives frames as fast as they are read.
 * @throws FACEPIPE_E_SOURCE_OPTION below 320×240
 */
export async function demoScene(options: SourceOptions, clock: Clock = systemClock): Promise<Source> {
  const { width = 640, height = 480, fps = 10, seed = 1, realtime = true } = options;
  if (width < smallest.width || height < smallest.height) {
    const expected = `at least ${smallest.width}×${smallest.height}`;
    throw sourceError('FACEPIPE_E_SOURCE_OPTION', {
      expected,
      option: 'the size of the demo scene',
      value: `${width}×${height}`,
    });
  }
  const [room, people] = await Promise.all([createRoom({ width, height }), loadPeople()]);

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    let due = clock.elapsed();
    const begun = clock.now();
    const present = presence(seed);
    for (let number = 1; ; number++) {
      // unpaced, signals and sockets still get their turn
      if (realtime) await clock.sleep(due - clock.elapsed(), signal);
      else await new Promise(setImmediate);
      if (signal.aborted) return;
      // a late frame does not make the next ones hurry
      due = Math.max(due + 1000 / fps, clock.elapsed());
      const time = (number - 1) / fps;
      // as fast as it is read, it still is a film of that rate
      const captured = new Date(realtime ? clock.now() : begun + time * 1000);
      const data = new Uint8Array(room);
      const truth = draw(data, { width, height }, people, present(time), time);
      yield { data, truth, width, height, format: 'rgb', number, captured };
    }
  }

  return { name: `demo scene, seed ${seed}`, live: realtime, corrupt: 0, frames };
}

/** Who is there at a time; times must not go back. */
function presence(seed: number): (time: number) => readonly Visitor[] {
  const coming = visitorsOf(seed);
  let next = coming.next().value;
  let present: Visitor[] = [];
  return (time) => {
    for (; next.comes <= time; next = coming.next().value) present.push(next);
    present = present.filter(({ goes }) => goes > time);
    return present;
  };
}

/** Sides of faces at the far end and at the counter, and how far a walking head bobs, fractions of the height. */
const sides = { far: 0.13, near: 0.27 };
const bob = 0.03;
/** Steps a second. */
const pace = 1.8;
/** Where the eyes are in a face's box, from its upper edge. */
const eyeLine = 0.4;
/** Faces a second from which somebody is out of focus by one level, and by two. */
const blurs = [2, 4];
/** What of a face has to be uncovered for it to be seen at all, and to be clear. */
const uncovered = { seen: 0.35, clear: 0.97 };

interface Placed {
  visitor: Visitor;
  stance: Stance;
  placement: Placement;
}

/** Draws who is there, the nearest last. @returns the faces that are to be seen */
function draw(
  data: Uint8Array,
  size: Size,
  people: readonly Person[],
  visitors: readonly Visitor[],
  time: number,
): TrueFace[] {
  const placed = visitors
    .flatMap((visitor) => placedAt(visitor, size, time))
    .sort((a, b) => a.stance.near - b.stance.near);
  for (const { visitor, stance, placement } of placed) {
    const figure = people[visitor.person]?.[stance.pose];
    if (!figure) continue;
    const { face } = placement;
    const width = face.width * figure.squeeze;
    const mirrored = figure.towards * stance.towards < 0;
    const drawn = { ...face, x: face.x + (face.width - width) / 2, width };
    drawSprite(data, size.width, figure.sprite, { ...placement, face: drawn, mirrored });
  }
  return placed.flatMap((one, i) => trueFace(one, placed.slice(i + 1)));
}

function placedAt(visitor: Visitor, { width, height }: Size, time: number): Placed[] {
  const stance = stanceAt(visitor, time);
  if (!stance) return [];
  const { x, near, speed } = stance;
  // small pictures have larger people, or no cascade would find them
  const unit = Math.max(height, 340);
  const side = (sides.far + (sides.near - sides.far) * near) * unit;
  const fast = Math.abs(speed) * (width / side);
  const up = fast > 0.5 ? Math.abs(Math.sin(Math.PI * pace * (time - visitor.comes))) * bob * side : 0;
  const face = { x: x * width - side / 2, y: eyes * height - eyeLine * side - up, width: side, height: side };
  const right = near < 0.1 ? Math.round(corner * width) : width;
  const within = { x: 0, y: 0, width: right, height: Math.round(counter * height) };
  const blur = blurs.filter((least) => fast > least).length;
  return [{ visitor, stance, placement: { face, mirrored: false, blur, within } }];
}

/** @param nearer who stands before it */
function trueFace({ visitor, stance, placement }: Placed, nearer: readonly Placed[]): TrueFace[] {
  const { face, within, blur } = placement;
  const inside = common(face, within);
  const covered = nearer.flatMap(outline).reduce((sum, part) => sum + contained(face, part), 0);
  const seen = (areaOf(inside) / areaOf(face)) * (1 - covered);
  if (seen < uncovered.seen) return [];
  const clear = seen >= uncovered.clear && blur === 0 && stance.pose === 'front';
  return [{ ...inside, visit: visitor.number, clear }];
}

/** A head, and shoulders below it. */
const outline = ({ placement: { face, within } }: Placed): Box[] => [
  { x: face.x, y: face.y - 0.35 * face.height, width: face.width, height: 1.4 * face.height },
  {
    x: face.x - 0.4 * face.width,
    y: face.y + 1.05 * face.height,
    width: 1.8 * face.width,
    height: Math.max(1, within.height - face.y - 1.05 * face.height),
  },
];

const areaOf = ({ width, height }: Box): number => Math.max(0, width) * Math.max(0, height);

function common(a: Box, b: Box): Box {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  return { x, y, width, height: Math.min(a.y + a.height, b.y + b.height) - y };
}
