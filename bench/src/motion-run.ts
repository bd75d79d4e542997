import { cropFrame } from '@facepipe/edge/detect';
import { createMotionGate, type MotionGateOptions } from '@facepipe/edge/motion';
import { type FoundFace, shared } from '@facepipe/edge/visit';
import type { Box, Size } from '@facepipe/wire';
import type { Frame } from 'facepipe';
import { since } from './motion-idle.js';
import type { Finder } from './visit-found.js';
import { type ClipRun, type Find, followClip } from './visit-run.js';
import { meaningOf, type TrueClip } from './visit-truth.js';

/** One clip through the gate, search, tracker and choice. */
export interface GatedRun {
  clip: TrueClip;
  run: ClipRun;
  /** Frames, those searched whole and in part, and the pixels searched as frames. */
  frames: number;
  whole: number;
  parts: number;
  pixels: number;
  /** Of each frame, ms. */
  gate: number[];
  /** Of each search, ms, where it was done. */
  search: number[];
  seconds: number;
  /** True faces that are found when every frame is searched; those in a place that was searched too, and those
   *  for which one was within a tenth of a second. */
  faces: number;
  covered: number;
  soon: number;
}

/** A face is searched for where this share of it, as far as it is in the frame, lies in what is searched. */
const enough = 0.95;
/** Confidence from which on a box is a face. */
const sure = 0.5;
/** ms */
const soon = 100;

const areaOf = ({ width, height }: Box) => width * height;
const wholeOf = ({ width, height }: Size): Box => ({ x: 0, y: 0, width, height });
const isIn = (box: Box, places: readonly Box[], frame: Size) =>
  places.some((place) => shared(box, place) >= enough * shared(box, wholeOf(frame)));

/** A part of a frame as a frame of its own. */
function cut(frame: Frame, box: Box): Frame {
  const { data, width, height, channels } = cropFrame(frame, box);
  return { ...frame, data, width, height, format: channels === 1 ? 'gray' : 'rgb' };
}

/**
 * `all` is what is found in each frame of the clip. With a finder the places are searched anew; without one, what of
 * `all` lies in them is found there.
 */
export async function runGated(
  folder: string,
  clip: TrueClip,
  all: readonly (readonly FoundFace[])[],
  options: MotionGateOptions & { every: number; finder?: Finder | undefined },
): Promise<GatedRun> {
  const { every, finder, ...gateOptions } = options;
  const gate = createMotionGate(gateOptions);
  const looks: { time: number; places: readonly Box[]; faces: readonly Box[] }[] = [];
  const times: { gate: number[]; search: number[] } = { gate: [], search: [] };
  const counts = { frames: 0, whole: 0, parts: 0, pixels: 0 };
  let size: Size = { width: 1, height: 1 };

  async function searched(frame: Frame, places: readonly Box[], expected: readonly Box[]) {
    const found: FoundFace[] = [];
    for (const place of places) {
      const { x, y } = place;
      const inside = expected.filter((one) => isIn(one, [place], frame));
      const moved = inside.map((one) => ({ ...one, x: one.x - x, y: one.y - y }));
      const faces = await finder?.find(cut(frame, place), moved);
      for (const { landmarks: _, box, ...face } of faces ?? [])
        found.push({ ...face, box: { ...box, x: box.x + x, y: box.y + y } });
    }
    return found;
  }

  const find: Find = async (frame, number, expected, unsure) => {
    size = { width: frame.width, height: frame.height };
    const time = frame.captured.getTime();
    const start = process.cpuUsage();
    const search = gate.look(frame, time, [...expected, ...unsure]);
    times.gate.push(since(start));
    counts.frames++;
    const places = search.area === 'boxes' ? search.boxes : search.area === 'frame' ? [wholeOf(size)] : [];
    const known = all[number] ?? [];
    const faces = known.filter(({ confidence, box }) => {
      const meaning = meaningOf(clip, number, box);
      return confidence >= sure && meaning !== 'false' && meaning !== 'ignored';
    });
    looks.push({ time, places, faces: faces.map(({ box }) => box) });
    if (search.area === 'none') return undefined;
    counts[search.area === 'frame' ? 'whole' : 'parts']++;
    counts.pixels += places.reduce((sum, place) => sum + areaOf(place), 0) / areaOf(wholeOf(size));
    const begin = process.cpuUsage();
    const found = finder
      ? await searched(frame, places, expected)
      : known.filter(({ box }) => isIn(box, places, size));
    times.search.push(since(begin));
    return found;
  };
  const run = await followClip(folder, clip.file, find, every);
  const score = { faces: 0, covered: 0, soon: 0 };
  for (const [i, { time, places, faces }] of looks.entries())
    for (const face of faces) {
      score.faces++;
      if (isIn(face, places, size)) score.covered++;
      const later = looks.slice(i).filter((look) => look.time <= time + soon);
      if (later.some((look) => isIn(face, look.places, size))) score.soon++;
    }
  const seconds = ((looks.at(-1)?.time ?? 0) - (looks[0]?.time ?? 0)) / 1000;
  return { clip, run, ...counts, ...times, seconds, ...score };
}
