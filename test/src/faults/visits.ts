import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { between } from '../support/random.js';
import { until } from '../support/until.js';
import type { Kept } from './bucket.js';
import type { Chain, Mode } from './chain.js';
import type { Scenario } from './scenario.js';

const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));
const size = { width: 320, height: 240 };
/** Seconds that a visitor stays, and that nobody is there. */
const [stay, away] = [5, 1.5];
/** Of a visit that goes on, the best picture so far is on the disk, at most this old, ms. */
const fresh = 1000;
/** A second picture of a visit has to be so much better. */
const clearly = 10;

const wall = await sharp({ create: { ...size, channels: 3, background: '#667' } })
  .jpeg()
  .toBuffer();

/** One visitor after the other, who never stands still. */
async function visitors(seconds: number): Promise<Buffer> {
  const since = seconds % (stay + away);
  if (since > stay) return wall;
  const left = 60 + Math.round(40 * Math.sin(2 * since));
  return sharp(photo)
    .extract({ left, top: 20, ...size })
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** Visits whose best picture so far is on capture's disk. */
async function onDisk({ spool }: Chain): Promise<string[]> {
  const names = await readdir(join(spool, 'visits'));
  return names.flatMap((name) => /^(\w{26})\.picture$/.exec(name)?.[1] ?? []);
}

/** What visits have no object of, and what they have too much of. */
function judge(owed: ReadonlySet<string>, objects: readonly Kept[], kills: number): string[] {
  const wrong = objects.flatMap(({ key, visit }) => (visit ? [] : [`${key} is of no visit`]));
  const faces = objects.filter(({ visit }) => visit?.of === undefined);
  const contexts = objects.flatMap(({ visit }) => visit?.of ?? []);
  const ids = new Set(faces.map(({ id }) => id));
  for (const of of contexts) if (!ids.has(of)) wrong.push(`${of} is in no object, and its context is`);
  if (new Set(contexts).size < contexts.length) wrong.push('a face has two contexts');
  // of what was chosen in the moment before a kill only the face is sure to come
  if (faces.length - contexts.length > kills)
    wrong.push(`${faces.length} faces have ${contexts.length} contexts`);
  const byTrack = new Map<string, NonNullable<Kept['visit']>[]>();
  for (const { visit } of faces)
    if (visit) byTrack.set(visit.track, [...(byTrack.get(visit.track) ?? []), visit]);
  for (const track of owed) if (!byTrack.has(track)) wrong.push(`the visit ${track} is in no object`);
  for (const [track, pictures] of byTrack) {
    pictures.sort((a, b) => a.quality - b.quality);
    for (const [n, { quality, frame }] of pictures.entries()) {
      const last = pictures[n - 1];
      if (last && (quality - last.quality < clearly || frame === last.frame))
        wrong.push(`the visit ${track} came twice, with qualities ${last.quality} and ${quality}`);
    }
  }
  return wrong;
}

/**
 * Capture sends the best picture of each visit, and is killed in the middle of visits: what was on its disk comes once,
 * and of a visit older than a second something was there.
 */
export function visits(mode: Mode, times: number): Scenario {
  const owed = new Set<string>();
  return {
    fault: 'kill -9: capture in the middle of visits, the best picture of each',
    mode,
    // it ends when all is struck
    faces: Number.POSITIVE_INFINITY,
    promised: true,
    scene: visitors,
    pace: 0.06,
    options: async () => {
      owed.clear();
      const visits = ['--visit-gap', '1s', '--best-within', '4s'];
      return { send: 'best', capture: ['--realtime', ...visits, '--context', '320'] };
    },
    strike: async ({ chain, random, pause, struck, enough }) => {
      const { capture, journal } = chain;
      for (let n = 0; n < times; n++) {
        await until('a visit begins', () => journal.open.size > 0);
        // mostly before its picture is sent, at times around that moment and its end
        await pause(between(random, 0.5, stay));
        const open = [...journal.open]
          .filter(([, since]) => Date.now() - since > fresh)
          .map(([visit]) => visit);
        const pictured = new Set(journal.pictured);
        await capture.kill();
        struck();
        for (const visit of await onDisk(chain)) owed.add(visit);
        for (const visit of [...open, ...pictured]) owed.add(visit);
        await pause(between(random, 0, 1));
        await capture.start();
      }
      await until('a visit begins', () => journal.open.size > 0);
      await enough();
      await until('all visits are over', () => journal.open.size === 0);
      for (const visit of journal.pictured) owed.add(visit);
    },
    judge: (objects) => judge(owed, objects, times),
  };
}
