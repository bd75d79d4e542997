import { isTop } from './visit-eye.js';
import { frigateRule, largestRule, type Rule } from './visit-rules.js';
import type { ClipRun, SeenLook, SeenVisit } from './visit-run.js';
import { isGood, meaningOf, type TrueClip, type TrueVisit } from './visit-truth.js';

/** What was sent of a clip, by one way to choose. */
export interface Score {
  /** Visits of which at least one true picture came, and pictures of them. */
  shown: number;
  pictures: number;
  /** Visits that had to come, and those of them that did. */
  expected: number;
  expectedShown: number;
  /** Pictures that are no face, those that count neither way, and those of a large uncovered face from the front. */
  false: number;
  ignored: number;
  good: number;
  /** Pictures near one that was ranked by eye, and those of them in the top fifth of their visit. */
  judged: number;
  top: number;
  /** Seconds from confirmation to the first picture, of each visit that has one. */
  waits: number[];
}

/** How the tracker's visits lie on the true ones. */
export interface TrackScore {
  visits: number;
  true: number;
  split: number;
  merged: number;
  false: number;
  /** Seconds from the first look to the confirmation. */
  begins: number[];
}

interface Sent {
  visit: SeenVisit;
  look: SeenLook;
  time: number;
}

/** A visit is in a track from so many looks on: one is a box that slipped. */
const least = 3;

/** What the choice of this product sent. */
export function sentByChoice({ visits, sent }: ClipRun): Sent[] {
  return sent.flatMap(({ visit: id, look, sent: time }) => {
    const visit = visits.find((one) => one.id === id);
    return visit ? [{ visit, look, time }] : [];
  });
}

/** What a rule would send of the same visits: one picture of each, when it is over. */
export function sentByRule({ visits, frame }: ClipRun, better: Rule): Sent[] {
  return visits.flatMap((visit) => {
    const [first, ...others] = visit.looks.filter(({ picture }) => picture.found.confidence >= 0.5);
    if (!first) return [];
    const look = others.reduce(
      (held, next) => (better(held.picture, next.picture, frame) ? next : held),
      first,
    );
    return [{ visit, look, time: visit.over }];
  });
}

export const rules: readonly [name: string, rule: Rule][] = [
  ['Frigate’s rule', frigateRule],
  ['largest', largestRule],
];

export function scoreOf(clip: TrueClip, sent: readonly Sent[]): Score {
  const shown = new Map<TrueVisit, number>();
  const firsts = new Map<SeenVisit, number>();
  const score: Score = {
    shown: 0,
    pictures: 0,
    expected: clip.visits.filter(({ expected }) => expected).length,
    expectedShown: 0,
    false: 0,
    ignored: 0,
    good: 0,
    judged: 0,
    top: 0,
    waits: [],
  };
  for (const { visit, look, time } of sent) {
    firsts.set(visit, Math.min(time - visit.begun, firsts.get(visit) ?? time));
    const meaning = meaningOf(clip, look.frame, look.picture.box);
    if (meaning === 'false' || meaning === 'ignored') {
      score[meaning]++;
      continue;
    }
    shown.set(meaning, (shown.get(meaning) ?? 0) + 1);
    score.pictures++;
    if (isGood(meaning, look.frame)) score.good++;
    const top = isTop(clip, meaning, look.frame);
    if (top !== undefined) score.judged++;
    if (top) score.top++;
  }
  score.shown = shown.size;
  score.expectedShown = [...shown.keys()].filter(({ expected }) => expected).length;
  score.waits = [...firsts.values()];
  return score;
}

export function tracksOf(clip: TrueClip, { visits }: ClipRun): TrackScore {
  const served = new Map<TrueVisit, number>();
  const score: TrackScore = {
    visits: visits.length,
    true: clip.visits.length,
    split: 0,
    merged: 0,
    false: 0,
    begins: [],
  };
  for (const { looks, first, begun } of visits) {
    score.begins.push(begun - first);
    const meanings = looks.map(({ frame, picture }) => meaningOf(clip, frame, picture.box));
    const faces = new Set(meanings.filter((meaning) => typeof meaning === 'object'));
    const inIt = [...faces].filter((face) => meanings.filter((one) => one === face).length >= least);
    for (const face of inIt) served.set(face, (served.get(face) ?? 0) + 1);
    if (inIt.length > 1) score.merged++;
    if (inIt.length === 0 && !meanings.includes('ignored')) score.false++;
  }
  for (const tracks of served.values()) score.split += tracks - 1;
  return score;
}
